import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import {
  BatchAnswer,
  Problem,
  ReviewAnswer,
  TradeResultBatch,
  inspectJson,
  parseReviewSubmission,
  toValidationIssues,
} from '@torghut/contracts'
import type { ValidationIssue } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { BODY_LIMIT_BYTES, damagedPost } from './support/damaged-post.ts'
import type { Posted } from './support/damaged-post.ts'
import { getJson, postJson, startStack } from './support/running-stack.ts'
import type { RunningStack } from './support/running-stack.ts'
import { tradeResult } from './support/trade-result.ts'

/** How many bodies are posted to `/v1/reviews`; a tenth as many go to `/v1/outcomes`. The proof asks for 50,000. */
const BODIES = Number(process.env['TORGHUT_FUZZ_BODIES'] || 5_000)

/** One seed always posts the same bodies; another one looks elsewhere. */
const SEED = Number(process.env['TORGHUT_FUZZ_SEED'] || 20_261_120)

/** How many bodies are made at a time, and over how many kept connections they travel. */
const CHUNK = 250
const CONNECTIONS = 16

/** What a test may take: far more than it needs, but a server that hangs must not hang the run. */
const TIMEOUT_MS = 60_000 + BODIES * 50

/** What one answer may take. */
const ANSWER_MS = 20_000

/** Far more than any refusal needs. */
const PROBLEM_BYTES_MAX = 64 * 1024

let stack: RunningStack
let agent: Agent
beforeAll(async () => {
  stack = await startStack()
  agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
})
afterAll(async () => {
  agent.destroy()
  await stack.stop()
})

test(`POST /v1/reviews stores what is still valid of ${BODIES} damaged bodies`, { timeout: TIMEOUT_MS }, async () => {
  const before = await storedRows()
  const keys = new Set<string>()
  const statuses = await fuzz('/v1/reviews', BODIES, reviewBody, (posted, answer) => {
    const expected = expectedReview(posted)
    if (expected.status !== 200) return problemFault(answer, expected)
    const reused = answer.status === 409 && posted.idempotencyKey !== null
    if (reused) return problemFault(answer, { status: 409, code: 'key_reused' })
    keys.add(expected.key)
    return answer.status === 200 && ReviewAnswer.safeParse(JSON.parse(answer.text)).success ? null : 'expected a review'
  })
  expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([200, 400, 415, 422]))
  expect(await storedRows()).toEqual({ ...before, reviews: before.reviews + keys.size, keys: before.keys + keys.size })
  await expectUnharmed()
})

test(`POST /v1/outcomes stores what is still valid of ${BODIES / 10} batches`, { timeout: TIMEOUT_MS }, async () => {
  const reviewed = { ...exampleSubmission(), trade_decision_id: randomUUID() }
  expect((await postJson(`${stack.api}/v1/reviews`, reviewed)).status).toBe(200)
  const before = await storedRows()
  let accepted = 0
  const batch = () => ({ outcomes: [tradeResult(reviewed.trade_decision_id), tradeResult(randomUUID())] })
  const statuses = await fuzz('/v1/outcomes', BODIES / 10, batch, (posted, answer) => {
    const expected = expectedOutcomes(posted)
    if (expected.status !== 200) return problemFault(answer, expected)
    if (answer.status !== 200) return 'expected an answer to the batch'
    const told = BatchAnswer.parse(JSON.parse(answer.text))
    accepted += told.accepted
    const count = told.accepted + told.duplicates + told.rejected.length
    return count === expected.count ? null : `the answer tells of ${count} results instead of ${expected.count}`
  })
  expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([200, 400, 422]))
  expect(accepted).toBeGreaterThan(0)
  expect(await storedRows()).toEqual({ ...before, outcomes: before.outcomes + accepted })
  await expectUnharmed()
})

test.each([
  ['GET', '/v1/reviews?limit=abc', 422, 'type', 'limit'],
  ['GET', '/v1/reviews?limit=1.5', 422, 'type', 'limit'],
  ['GET', '/v1/reviews?limit=', 422, 'range', 'limit'],
  ['GET', '/v1/reviews?limit=501', 422, 'range', 'limit'],
  ['GET', '/v1/reviews?limit=1&limit=2', 422, 'type', 'limit'],
  ['GET', '/v1/reviews?surprise=1', 422, 'unknown_field', 'surprise'],
  ['GET', '/v1/reviews?__proto__=1', 422, 'unsafe_key', '__proto__'],
  ['GET', '/v1/reviews?verdict=maybe', 422, 'enum', 'verdict'],
  ['GET', '/v1/reviews?artifact=%27', 422, 'format', 'artifact'],
  ['GET', `/v1/reviews?symbol=${'x'.repeat(33)}`, 422, 'too_long', 'symbol'],
  ['GET', '/v1/reviews?from=0000-01-01T00:00:00Z', 422, 'timestamp', 'from'],
  ['GET', '/v1/reviews?to=9999-12-31T23:30:00-01:00', 422, 'timestamp', 'to'],
  ['GET', '/v1/reviews?cursor=', 422, 'cursor_invalid', 'cursor'],
  ['GET', '/v1/reviews?cursor=nonsense', 422, 'cursor_invalid', 'cursor'],
  ['GET', `/v1/reviews?cursor=${'x'.repeat(257)}`, 422, 'too_long', 'cursor'],
  ['GET', `/v1/reviews?cursor=${cursorOf('0000-01-01T00:00:00.000Z')}`, 422, 'cursor_invalid', 'cursor'],
  ['GET', '/v1/reviews?symbol=%00', 422, 'unsafe_text', 'symbol'],
  ['GET', '/v1/reviews/%00', 404, 'not_found', null],
  ['GET', '/v1/reviews/%ff', 400, 'invalid_url', null],
  ['GET', `/v1/reviews/${'a'.repeat(500)}`, 414, 'url_too_long', null],
  ['GET', `/v1/reviews/${'a'.repeat(20_000)}`, 431, 'headers_too_large', null],
  ['GET', '/v1/reviews/..%2f..%2fmetrics', 404, 'not_found', null],
  ['GET', '/v1/outcomes', 404, 'not_found', null],
  ['PUT', '/v1/reviews', 404, 'not_found', null],
  ['DELETE', '/v1/reviews', 404, 'not_found', null],
  ['OPTIONS', '/v1/reviews', 404, 'not_found', null],
  ['TRACE', '/v1/reviews', 404, 'not_found', null],
  ['PROPFIND', '/v1/reviews', 404, 'not_found', null],
  ['QUERY', '/v1/reviews', 400, 'invalid_request', null],
])('%s %s is refused with %i %s', async (method, path, status, code, where) => {
  const answer = await send(method, path)
  const problem = Problem.parse(JSON.parse(answer.text))
  expect([answer.status, problem.status, problem.code]).toEqual([status, status, code])
  expect(answer.contentType).toMatch(/^application\/problem\+json/)
  expect(problem.errors?.map((error) => error.path) ?? null).toEqual(where === null ? null : [where])
})

function cursorOf(instant: string): string {
  return Buffer.from(`${instant} 3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a01`).toString('base64url')
}

test('HEAD of a list is answered without a body', async () => {
  expect(await send('HEAD', '/v1/reviews')).toMatchObject({ status: 200, text: '' })
})

test('a caller that goes away in the middle of its body is no error of ours', async () => {
  const before = await storedRows()
  const { hostname, port } = new URL(stack.api)
  for (let times = 0; times < 20; times += 1) {
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const head = ['POST /v1/reviews HTTP/1.1', 'host: x', 'content-type: application/json', 'content-length: 5000']
    await new Promise((resolve) => socket.write(`${head.join('\r\n')}\r\n\r\n{"trade_decision_id": `, resolve))
    await getJson(`${stack.api}/healthz`) // By now the server has begun to read the body.
    socket.destroy()
  }
  await getJson(`${stack.api}/healthz`)
  expect(await storedRows()).toEqual(before)
  await expectUnharmed()
})

interface Answer {
  status: number
  contentType: string
  text: string
}

interface Refusal {
  status: 400 | 409 | 413 | 415 | 422
  code: string
  errors?: ValidationIssue[]
}

/** Posts `count` damaged bodies; fails with the first ones that were answered wrongly, and how to post them again. */
async function fuzz(
  path: string,
  count: number,
  valid: () => unknown,
  faultOf: (posted: Posted, answer: Answer) => string | null,
): Promise<Map<number, number>> {
  const statuses = new Map<number, number>()
  for (let first = 0; first < count; first += CHUNK) {
    const seed = SEED + first
    const waiting = fc.sample(damagedPost(), { seed, numRuns: Math.min(CHUNK, count - first) }).entries()
    const faults: unknown[] = []
    const postAll = async () => {
      for (const [index, make] of waiting) {
        const posted = make(valid())
        const answer = await post(path, posted)
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        const fault = faultOf(posted, answer)
        if (fault !== null) faults.push({ fault, seed, index, ...readable(posted, answer) })
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, postAll))
    expect(faults.slice(0, 3)).toEqual([])
  }
  return statuses
}

function post(path: string, { bytes, contentType, deadline, idempotencyKey }: Posted): Promise<Answer> {
  const headers = { 'content-type': contentType.value, 'x-deadline-ms': deadline, 'idempotency-key': idempotencyKey }
  const given = Object.entries(headers).filter((header): header is [string, string] => header[1] !== null)
  return send('POST', path, Object.fromEntries(given), bytes)
}

function send(method: string, path: string, headers: Record<string, string> = {}, bytes?: Buffer): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const signal = AbortSignal.timeout(ANSWER_MS)
  const sent = httpRequest(`${stack.api}${path}`, { method, agent, headers, signal })
  sent.on('error', reject)
  sent.on('response', (response) => {
    const { statusCode = 0, headers } = response
    const toAnswer = (text: string) => ({ status: statusCode, contentType: headers['content-type'] ?? '', text })
    text(response).then(toAnswer).then(resolve, reject)
  })
  sent.end(bytes)
  return promise
}

function readable({ bytes, ...headers }: Posted, answer: Answer): object {
  const body = bytes.subarray(0, 3_000).toString('latin1')
  return { ...headers, bytes: bytes.length, body, answer: answer.text.slice(0, 1_000) }
}

/** What is wrong with an answer that should be this refusal, or null. */
function problemFault(answer: Answer, expected: Refusal): string | null {
  const { status, code, errors } = expected
  if (answer.status !== status) return `expected ${status} ${code}, got ${answer.status}`
  if (!answer.contentType.startsWith('application/problem+json')) return `content-type is "${answer.contentType}"`
  if (Buffer.byteLength(answer.text) > PROBLEM_BYTES_MAX) return `the problem has ${answer.text.length} characters`
  const problem = Problem.parse(JSON.parse(answer.text))
  const same = problem.status === status && problem.code === code && problem.type === `urn:torghut:problem:${code}`
  if (!same || !/^\/v1\/\w+#req-\w+$/.test(problem.instance)) return `expected ${status} ${code} of this address`
  return JSON.stringify(problem.errors) === JSON.stringify(errors) ? null : `expected ${JSON.stringify(errors)}`
}

/** What the API must say to a review, in the order in which it reads: media type, size, JSON, deadline, schema, key. */
function expectedReview(posted: Posted): Refusal | { status: 200; key: string } {
  const read = expectedBody(posted)
  if ('status' in read) return read
  const { deadline, idempotencyKey } = posted
  if (deadline !== null && !(/^\d{1,9}$/.test(deadline) && Number(deadline) >= 50)) {
    return { status: 400, code: 'invalid_deadline' }
  }
  const parsed = parseReviewSubmission(read.body)
  if (!parsed.ok) return refused(parsed.issues)
  if (parsed.submission.request.trading_mode !== 'paper') {
    const message = 'This server reviews in paper mode, the request says live'
    return refused([{ path: 'request.trading_mode', code: 'mode_mismatch', message }])
  }
  if (idempotencyKey !== null && !/^[!-~]{1,128}$/.test(idempotencyKey)) {
    return { status: 400, code: 'invalid_idempotency_key' }
  }
  return { status: 200, key: idempotencyKey ?? parsed.submission.trade_decision_id }
}

function expectedOutcomes(posted: Posted): Refusal | { status: 200; count: number } {
  const read = expectedBody(posted)
  if ('status' in read) return read
  const unsafe = inspectJson(read.body)
  if (unsafe.length > 0) return refused(unsafe)
  const batch = TradeResultBatch.safeParse(read.body, { reportInput: true })
  return batch.success ? { status: 200, count: batch.data.outcomes.length } : refused(toValidationIssues(batch.error))
}

function expectedBody({ bytes, contentType }: Posted): Refusal | { body: unknown } {
  if (contentType.value === null && bytes.length === 0) return { body: undefined }
  if (!contentType.isJson) return { status: 415, code: 'unsupported_media_type' }
  if (bytes.length > BODY_LIMIT_BYTES) return { status: 413, code: 'body_too_large' }
  try {
    const { text, isSafe } = plainKeys(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const body: unknown = JSON.parse(text)
    const message = 'A key holds a character that needs an escape'
    return isSafe ? { body } : refused([{ path: '', code: 'unsafe_key', message }])
  } catch {
    return { status: 400, code: 'invalid_json' }
  }
}

/** The text with its keys free of escapes: Node may read an escaped key as another one (nodejs/node#63785). */
function plainKeys(text: string): { text: string; isSafe: boolean } {
  let isSafe = true
  const plain = text.replaceAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g, (all, literal: string, colon?: string) => {
    if (colon === undefined || !literal.includes('\\')) return all
    const key = JSON.stringify(JSON.parse(literal))
    isSafe &&= !key.includes('\\')
    return `${isSafe ? key : '""'}${colon}`
  })
  return { text: plain, isSafe }
}

function refused(errors: ValidationIssue[]): Refusal {
  return { status: 422, code: errors[0]?.code ?? '', errors }
}

/** An exit, which needs no model call; damage to what proves it makes an entry of it, which does. */
function reviewBody(): unknown {
  const { request, ...rest } = exampleSubmission()
  const decision = { ...request.decision, action: 'sell' }
  const positions = [{ symbol: 'NVDA', qty: '10', side: 'long' }]
  return { ...rest, trade_decision_id: randomUUID(), request: { ...request, decision, positions } }
}

async function storedRows(): Promise<{ reviews: number; keys: number; outcomes: number }> {
  const client = new pg.Client({ connectionString: stack.database })
  await client.connect()
  const counts = ['llm_decision_reviews reviews', 'review_keys keys', 'trade_outcomes outcomes'].map((each) => {
    const [table, name] = each.split(' ')
    return `(SELECT count(*) FROM ${table})::int AS ${name}`
  })
  const { rows } = await client.query(`SELECT ${counts.join(', ')}`)
  await client.end()
  return rows[0]
}

/** The process that answered all this still runs, is ready, and wrote no error and nothing outside its log. */
async function expectUnharmed(): Promise<void> {
  expect(await getJson(`${stack.api}/readyz`)).toEqual({ status: 200, body: { status: 'ready', reasons: [] } })
  const lines = readFileSync(join(stack.dataDir, 'logs', 'review-api.log'), 'utf8').split('\n').filter(Boolean)
  expect(lines.filter((line) => isTrouble(line)).slice(0, 5)).toEqual([])
}

/** pino's levels: 50 is an error, 60 is fatal. Node prints deprecations in two lines of its own. */
function isTrouble(line: string): boolean {
  if (line.startsWith('{')) return Number(JSON.parse(line).level) >= 50
  return !/^\(node:\d+\) \[\w+\] \w*Deprecation|^\(Use `node/.test(line)
}
