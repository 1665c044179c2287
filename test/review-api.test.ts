import { randomUUID } from 'node:crypto'

import { ReviewAnswer } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { getJson, postJson, startStack } from './support/running-stack.ts'
import type { RunningStack } from './support/running-stack.ts'
import { tradeResult } from './support/trade-result.ts'

let stack: RunningStack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(async () => {
  await stack.stop()
})

function submission(change: (body: ReturnType<typeof exampleSubmission>) => void = () => undefined) {
  const body = { ...exampleSubmission(), trade_decision_id: randomUUID() }
  change(body)
  return body
}

const post = (body: unknown, headers: Record<string, string> = {}) => postJson(`${stack.api}/v1/reviews`, body, headers)

async function storedRows(): Promise<number> {
  const client = new pg.Client({ connectionString: stack.database })
  await client.connect()
  const { rows } = await client.query('SELECT (SELECT count(*) FROM llm_decision_reviews)::int + (SELECT count(*) FROM review_keys)::int AS n')
  await client.end()
  return rows[0].n as number
}

async function simulatedCalls(): Promise<number> {
  const { body } = await getJson(`${stack.jangar}/simulator`)
  return body['completions'] as number
}

test('POST /v1/reviews answers with an audited verdict that can be read back', async () => {
  const body = submission()
  const answered = await post(body)
  expect(answered.status).toBe(200)
  const review = ReviewAnswer.parse(answered.body)
  expect(review).toMatchObject({ trade_decision_id: body.trade_decision_id, clock: 'wall', llm_skipped: null })
  expect(review.lineage).toMatchObject({ simulated: true, artifact_kind: 'seed', executor: 'dspy_live', stage: 'paper' })
  expect(review.lineage.prompt_hash).toMatch(/^[0-9a-f]{64}$/)
  expect(answered.headers.get('server-timing')).toMatch(/^persist;dur=/)
  const read = await getJson(`${stack.api}/v1/reviews/${review.review_id}`)
  expect(read.body).toEqual(answered.body)
})

/** Nodes of the seed's committee; each asks once when its first answer can be used. */
const NODES = 4

test('POST /v1/reviews gives fifty callers of one key one answer, one row and one call a node', async () => {
  const body = submission()
  const callsBefore = await simulatedCalls()
  const answers = await Promise.all(Array.from({ length: 50 }, () => post(body)))
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
  expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1)
  expect((await simulatedCalls()) - callsBefore).toBe(NODES)
  expect((await post(body)).body).toEqual(answers[0]?.body)
})

test('POST /v1/reviews refuses another body under a used key', async () => {
  const body = submission()
  await post(body)
  const other = structuredClone(body)
  other.request.decision.qty = '11'
  const answered = await post(other)
  expect(answered).toMatchObject({ status: 409, body: { code: 'key_reused' } })
  expect(answered.headers.get('content-type')).toMatch(/^application\/problem\+json/)
})

test('POST /v1/reviews lets a proved exit leave without the model', async () => {
  const callsBefore = await simulatedCalls()
  const answered = await post(
    submission((body) => {
      body.request.decision.action = 'sell'
      body.request.positions = [{ symbol: 'NVDA', qty: '10', side: 'long' }] as never
    }),
  )
  expect(answered).toMatchObject({ status: 200, body: { verdict: 'approve', llm_skipped: 'reducing', advice: null } })
  expect(await simulatedCalls()).toBe(callsBefore)
})

const refusals: [string, unknown, Record<string, string>, number, string, string | null][] = [
  ['text that is not JSON', '{"a":', {}, 400, 'invalid_json', null],
  ['a body of 5 MB', `{"a":"${'x'.repeat(5_000_000)}"}`, {}, 413, 'body_too_large', null],
  ['another media type', 'a=1', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type', null],
  ['an unknown field', { ...exampleSubmission(), extra: 1 }, {}, 422, 'unknown_field', 'extra'],
  ['a deadline that is no number', exampleSubmission(), { 'x-deadline-ms': 'soon' }, 400, 'invalid_deadline', null],
  ['a deadline of 49 ms', exampleSubmission(), { 'x-deadline-ms': '49' }, 400, 'invalid_deadline', null],
]
const fieldRefusals: [string, unknown, string][] = [
  ['request.decision.action', 'hold', 'enum'],
  ['request.decision.qty', 'NaN', 'decimal'],
  ['request.decision.rationale', 'a\u0000b', 'unsafe_text'],
  ['request.decision.rationale', 'lone \ud800', 'unsafe_text'],
  ['trade_decision_id', 'seven', 'uuid'],
  ['request.trading_mode', 'live', 'mode_mismatch'],
]

test.each([
  ...refusals,
  ...fieldRefusals.map(([path, value, code]) => [`${path} = ${JSON.stringify(value)}`, withValue(path, value), {}, 422, code, path] as const),
])('POST /v1/reviews refuses %s, stores nothing and asks no model', async (_what, body, headers, status, code, path) => {
  const before = [await storedRows(), await simulatedCalls()]
  const answered = await post(body, headers)
  expect(answered).toMatchObject({ status, body: { status, code } })
  if (path !== null) expect(answered.body['errors']).toMatchObject([{ path, code }])
  expect([await storedRows(), await simulatedCalls()]).toEqual(before)
  expect((await getJson(`${stack.api}/healthz`)).status).toBe(200)
})

function withValue(path: string, value: unknown): unknown {
  const body: Record<string, unknown> = submission()
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce((item, key) => item[key] as Record<string, unknown>, body)
  parent[last] = value
  return body
}

test('POST /v1/outcomes takes good results, knows repeats, and names the bad ones', async () => {
  const body = submission()
  await post(body)
  const result = tradeResult(body.trade_decision_id)
  const outcomes = [result, { ...result, outcome_id: randomUUID(), net: '0.01' }, { ...result, outcome_id: randomUUID(), trade_decision_id: randomUUID() }]
  const first = await postJson(`${stack.api}/v1/outcomes`, { outcomes })
  expect(first.body).toMatchObject({
    accepted: 1,
    duplicates: 0,
    rejected: [
      { index: 1, code: 'net_mismatch' },
      { index: 2, code: 'unknown_decision' },
    ],
  })
  expect((await postJson(`${stack.api}/v1/outcomes`, { outcomes: [result] })).body).toMatchObject({ accepted: 0, duplicates: 1 })
})

test('GET /v1/reviews filters and pages without a gap', async () => {
  for (let count = 0; count < 3; count += 1) await post(submission((body) => void (body.request.decision.symbol = 'PAGE')))
  const first = await getJson(`${stack.api}/v1/reviews?symbol=PAGE&limit=2`)
  const second = await getJson(`${stack.api}/v1/reviews?symbol=PAGE&limit=2&cursor=${String(first.body['next_cursor'])}`)
  const ids = [first, second].flatMap((page) => (page.body['items'] as { review_id: string }[]).map((item) => item.review_id))
  expect(new Set(ids).size).toBe(3)
  expect(second.body['next_cursor']).toBeNull()
  expect(await getJson(`${stack.api}/v1/reviews?limit=0`)).toMatchObject({ status: 422, body: { code: 'range' } })
  expect(await getJson(`${stack.api}/v1/reviews?cursor=nonsense`)).toMatchObject({ status: 422, body: { code: 'cursor_invalid' } })
  expect(await getJson(`${stack.api}/v1/reviews/${randomUUID()}`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await getJson(`${stack.api}/v1/reviews/seven`)).toMatchObject({ status: 404 })
})

test('/readyz is ready and /metrics counts what was decided under the contract’s names', async () => {
  expect(await getJson(`${stack.api}/readyz`)).toEqual({ status: 200, body: { status: 'ready', reasons: [] } })
  const metrics = await (await fetch(`${stack.api}/metrics`)).text()
  expect(metrics).toMatch(/^torghut_trading_llm_requests_total [1-9]\d*$/m)
  expect(metrics).toMatch(/^torghut_trading_llm_skipped_total\{reason="reducing"\} 1$/m)
  expect(metrics).toMatch(/^torghut_active_artifact_info\{artifact_hash="[0-9a-f]{64}",kind="seed"\} 1$/m)
})
