import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { ChainReceipt, ReviewAnswer, sha256Hex } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import { seedArtifact } from '@torghut/programs'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { until } from './support/fleet.ts'
import { postJson, removeFolder, sendJson, startStack, temporaryFolder } from './support/running-stack.ts'
import type { RunningStack } from './support/running-stack.ts'
import { startTraceCollector } from './support/trace-collector.ts'
import type { CollectedSpan, TraceCollector } from './support/trace-collector.ts'

/** Enough for a batch to leave and arrive on a busy machine. */
const ARRIVES_WITHIN_MS = 10_000

/** OTLP's numbers for the kinds of spans and for a failed one. */
const KIND = { internal: 1, server: 2, client: 3 }
const ERROR_STATUS = 2

/** What may be in no log line and no trace; each is unlike anything else, so that a search for it is exact. */
const SECRETS = {
  callerKey: `caller-${randomUUID()}`,
  jangarKey: `jangar-${randomUUID()}`,
  collectorKey: `collector-${randomUUID()}`,
  accountNumber: `PA-${randomUUID()}`,
  rationale: `rationale-${randomUUID()}`,
  equity: '918273.64',
  buyingPower: '918273.65',
  entryPrice: '173.918273',
}

/** What every prompt of the seed begins with. */
const promptLines = seedArtifact('any').nodes.flatMap(({ instructions }) => instructions.split('\n').filter(Boolean))

let folder: string
let collector: TraceCollector
let stack: RunningStack

beforeAll(async () => {
  folder = temporaryFolder()
  collector = await startTraceCollector()
  const keysFile = join(folder, 'keys.json')
  const key = { subject: 'scheduler', scopes: ['review', 'read'], sha256: sha256Hex(Buffer.from(SECRETS.callerKey)) }
  writeFileSync(keysFile, JSON.stringify({ keys: [key] }), { mode: 0o644 })
  stack = await startStack({
    dataDir: join(folder, 'data'),
    env: {
      LOG_LEVEL: 'trace',
      JANGAR_API_KEY: SECRETS.jangarKey,
      TORGHUT_API_KEYS_FILE: keysFile,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${SECRETS.collectorKey}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    },
  })
}, 120_000)
afterAll(async () => {
  await stack?.stop()
  await collector?.stop()
  removeFolder(folder)
}, 60_000)

function submission(change: (body: ReturnType<typeof exampleSubmission>) => void = () => undefined) {
  const body = { ...exampleSubmission(), trade_decision_id: randomUUID() }
  body.request.decision.rationale = SECRETS.rationale
  body.request.account.equity = SECRETS.equity
  body.request.account.buying_power = SECRETS.buyingPower
  const asTheBrokerTells = { avg_entry_price: SECRETS.entryPrice, account_number: SECRETS.accountNumber }
  body.request.positions = [{ symbol: 'NVDA', qty: '10', side: 'long', ...asTheBrokerTells }] as never
  change(body)
  return body
}

const sellsAll = (body: ReturnType<typeof exampleSubmission>) => void (body.request.decision.action = 'sell')

/** Posts under a trace of the caller's; tells the answer, the ids it was sent with, and the spans of that trace. */
async function traced(body: unknown, headers: Record<string, string> = {}) {
  const caller = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') }
  const answered = await postJson(`${stack.api}/v1/reviews`, body, {
    authorization: `Bearer ${SECRETS.callerKey}`,
    traceparent: `00-${caller.traceId}-${caller.spanId}-01`,
    ...headers,
  })
  const spansOfTrace = async () => collector.spans().filter(({ traceId }) => traceId === caller.traceId)
  // The server span ends last, so the others are there when it is.
  const spans = await until(ARRIVES_WITHIN_MS, spansOfTrace, (seen) => seen.some(({ kind }) => kind === KIND.server))
  return { answered, caller, spans }
}

/** `parent > child` for every span, the root's parent being the caller. */
function links(spans: readonly CollectedSpan[], callerSpanId: string): string[] {
  const nameOf = new Map([[callerSpanId, 'caller'], ...spans.map(({ spanId, name }) => [spanId, name] as const)])
  return spans.map((span) => `${nameOf.get(span.parentSpanId ?? '')} > ${span.name}`).sort()
}

const named = (spans: readonly CollectedSpan[], start: string) => spans.find(({ name }) => name.startsWith(start))!

/** An attribute added up over the calls of a review. */
const sumOver = (spans: readonly CollectedSpan[], attribute: string) =>
  spans.reduce((sum, { attributes }) => sum + Number(attributes[attribute] ?? 0), 0)

const logLines = () =>
  readFileSync(join(stack.dataDir, 'logs', 'review-api.log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('a review is one trace from the caller’s span to the model call, the gates and the record', async () => {
  const { answered, caller, spans } = await traced(submission(), { 'x-request-id': 'scheduler-7' })
  const review = ReviewAnswer.parse(answered.body)
  expect(answered.headers.get('x-request-id')).toBe('scheduler-7')
  expect(links(spans, caller.spanId)).toEqual([
    'POST /v1/reviews > record',
    'POST /v1/reviews > review',
    'caller > POST /v1/reviews',
    // One a node of the committee.
    ...Array<string>(4).fill(`review > chat ${review.lineage.model}`),
    'review > gates',
  ])
  for (const span of spans) expect(span.endTimeUnixNano >= span.startTimeUnixNano).toBe(true)
  expect(named(spans, 'POST')).toMatchObject({
    kind: KIND.server,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/v1/reviews',
      'http.response.status_code': 200,
      'torghut.request_id': 'scheduler-7',
      'torghut.review_id': review.review_id,
      'torghut.fresh': true,
    },
  })
  expect(named(spans, 'review').attributes).toMatchObject({
    'torghut.review_id': review.review_id,
    'torghut.trade_decision_id': review.trade_decision_id,
    'torghut.verdict': review.verdict,
    'torghut.artifact_hash': review.lineage.artifact_hash,
    'torghut.arm': 'base',
    'torghut.stage': 'paper',
    'torghut.simulated': true,
  })
  expect(named(spans, 'chat')).toMatchObject({
    kind: KIND.client,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'jangar',
      'gen_ai.system': 'jangar',
      'gen_ai.request.model': review.lineage.model,
      'gen_ai.response.id': expect.stringMatching(/^[\w.:-]+$/),
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': expect.any(Number),
    },
  })
  expect(sumOver(spans, 'gen_ai.usage.input_tokens')).toBe(review.usage?.tokens_prompt)
  expect(sumOver(spans, 'gen_ai.usage.output_tokens')).toBe(review.usage?.tokens_completion)
  expect(named(spans, 'gates').events).toEqual(
    review.outcomes.map((outcome) => ({
      name: 'gate',
      attributes: {
        'torghut.gate': outcome.gate,
        'torghut.gate_passed': outcome.passed,
        ...(outcome.passed ? {} : { 'torghut.gate_code': outcome.code }),
      },
    })),
  )
  expect(review.outcomes.length).toBeGreaterThan(0)
  const receipt = ChainReceipt.parse(review.receipt)
  expect(named(spans, 'record').attributes).toEqual({
    'torghut.record_state': 'stored',
    'torghut.writer_id': receipt.writer_id,
    'torghut.writer_seq': receipt.seq,
  })
  const resource = { 'service.name': 'torghut-review-api', 'deployment.environment.name': 'test' }
  expect(collector.resources()[0]).toMatchObject(resource)
  expect(collector.raw()).toContain(SECRETS.collectorKey)
})

test('a fallback’s trace says what failed: the call by its cause, the review by the same', async () => {
  await sendJson('PUT', `${stack.jangar}/simulator/faults`, { script: ['request_error'] })
  const { answered, spans } = await traced(submission())
  expect(ReviewAnswer.parse(answered.body).fallback?.cause).toBe('gateway_error_frame')
  expect(named(spans, 'chat')).toMatchObject({
    status: { code: ERROR_STATUS },
    attributes: { 'error.type': 'gateway_error_frame' },
  })
  expect(named(spans, 'review')).toMatchObject({
    status: { code: 0 },
    attributes: {
      'torghut.fallback_cause': 'gateway_error_frame',
      'torghut.verdict': 'veto',
      'torghut.reason': 'llm_runtime_fallback',
    },
  })
})

test('a proved exit’s trace has gates and a record and no model call', async () => {
  const { answered, caller, spans } = await traced(submission(sellsAll))
  expect(answered.body).toMatchObject({ verdict: 'approve', llm_skipped: 'reducing' })
  expect(links(spans, caller.spanId)).toEqual([
    'POST /v1/reviews > record',
    'POST /v1/reviews > review',
    'caller > POST /v1/reviews',
    'review > gates',
  ])
  expect(named(spans, 'review').attributes).toMatchObject({ 'torghut.llm_skipped': 'reducing' })
})

test('a refused request is a server span alone, a repeated one makes no second review', async () => {
  const refused = await traced(submission(), { authorization: 'Bearer unknown' })
  expect(links(refused.spans, refused.caller.spanId)).toEqual(['caller > POST /v1/reviews'])
  expect(refused.spans[0]?.attributes).toMatchObject({ 'http.response.status_code': 401 })
  const body = submission(sellsAll)
  const first = await traced(body)
  const again = await traced(body)
  expect(again.answered.body).toEqual(first.answered.body)
  expect(links(again.spans, again.caller.spanId)).toEqual(['caller > POST /v1/reviews'])
  expect(named(again.spans, 'POST').attributes).toMatchObject({
    'torghut.fresh': false,
    'torghut.review_id': named(first.spans, 'review').attributes['torghut.review_id'],
  })
})

test('log lines of a request carry its ids, its trace and its review', async () => {
  const { answered, caller } = await traced(submission(), { 'x-request-id': 'scheduler-8' })
  const { review_id: reviewId, trade_decision_id: tradeDecisionId } = ReviewAnswer.parse(answered.body)
  expect(logLines().find(({ requestId }) => requestId === 'scheduler-8')).toMatchObject({
    traceId: caller.traceId,
    reviewId,
    tradeDecisionId,
    msg: 'Review decided',
  })
  const refused = await traced('{"a":', { 'x-request-id': 'no sane id' })
  const instance = String(refused.answered.body['instance'])
  const requestId = /#(req-[0-9a-f]{16})$/.exec(instance)?.[1]
  expect(refused.answered.headers.get('x-request-id')).toBe(requestId)
  expect(logLines().find((line) => line['requestId'] === requestId)).toMatchObject({
    traceId: refused.caller.traceId,
    code: 'invalid_json',
    url: '/v1/reviews',
    msg: 'Request refused',
  })
})

test('reviews are unaffected while the collector is away, and their traces arrive once it is back', async () => {
  const { port } = new URL(collector.url)
  const before = collector
  await collector.stop()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      postJson(`${stack.api}/v1/reviews`, submission(sellsAll), { authorization: `Bearer ${SECRETS.callerKey}` }),
    ),
  )
  expect(new Set(answers.map(({ status, body }) => `${status} ${String(body['verdict'])}`))).toEqual(new Set(['200 approve']))
  const isSaid = (msg: string) =>
    until(ARRIVES_WITHIN_MS, async () => logLines().map((line) => line['msg']), (seen) => seen.includes(msg))
  await isSaid('Traces do not reach the collector')
  collector = await startTraceCollector(Number(port))
  const { spans } = await traced(submission(sellsAll))
  expect(spans).toHaveLength(4)
  await isSaid('Traces reach the collector again')
  expectNoSecret('traces before', before.raw(), [SECRETS.collectorKey])
})

test('no log line and no trace holds a key, a password, a position, an account figure or a word of a prompt', async () => {
  const wrongType = submission((body) => void (body.request.decision.qty = 'many'))
  await traced(wrongType)
  await traced(submission(), { authorization: `Basic ${SECRETS.callerKey}` })
  const log = readFileSync(join(stack.dataDir, 'logs', 'review-api.log'), 'utf8')
  expect(log).toContain('Review decided')
  expect(log).toContain('Review fell back')
  expectNoSecret('log', log, [])
  expectNoSecret('traces', collector.raw(), [SECRETS.collectorKey])
})

function expectNoSecret(where: string, text: string, allowed: readonly string[]): void {
  const password = new URL(stack.database).password
  expect(password.length).toBeGreaterThan(8)
  expect(promptLines.length).toBeGreaterThan(5)
  const forbidden = [...Object.values(SECRETS), password, 'macd', ...promptLines]
  const found = forbidden.filter((secret) => !allowed.includes(secret) && text.includes(secret))
  expect({ where, found }).toEqual({ where, found: [] })
}
