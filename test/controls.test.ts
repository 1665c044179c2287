import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import type { ControlChange, ControlName, ReviewAnswer } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import { freePort } from '@torghut/local-stack'
import type { KeptProcess } from '@torghut/local-stack'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startFleet, startSimulator, until } from './support/fleet.ts'
import type { Fleet } from './support/fleet.ts'
import { getJson, postJson, sendJson } from './support/running-stack.ts'

/** A control acts everywhere within this (design), doubled for a busy machine. */
const ACTS_WITHIN_MS = 2 * 2_000

let simulator: KeptProcess
let fleet: Fleet
let first = ''
let second = ''

beforeAll(async () => {
  const port = await freePort()
  simulator = await startSimulator(port)
  fleet = await startFleet(2, `http://127.0.0.1:${port}`, { JANGAR_API_KEY: 'sk-must-not-be-shown' })
  ;[first = '', second = ''] = fleet.apis
}, 120_000)
afterAll(async () => {
  await fleet?.stop()
  await simulator?.stop()
}, 60_000)

type Body = ReturnType<typeof exampleSubmission>

function submission(change: (body: Body) => void = () => undefined): Body {
  const body = { ...exampleSubmission(), trade_decision_id: randomUUID() }
  change(body)
  return body
}

const post = async (api: string, body: unknown) => {
  const { status, body: answer } = await postJson(`${api}/v1/reviews`, body)
  return { status, ...(answer as unknown as ReviewAnswer & { code?: string }) }
}

const review = (api: string, change?: (body: Body) => void) => post(api, submission(change))

const exit = (body: Body) => {
  body.request.decision.action = 'sell'
  body.request.positions = [{ symbol: 'NVDA', qty: '10', side: 'long' }] as never
}

/** The example with every instant it states moved to one: data of another day would be denied as stale. */
function movedTo(instant: string, body: Body): Body {
  return JSON.parse(JSON.stringify(body).replaceAll(/"2026-02-27T15:3\d:\d\dZ"/g, JSON.stringify(instant))) as Body
}

function put(api: string, name: ControlName, change: Partial<ControlChange>) {
  return sendJson('PUT', `${api}/v1/controls/${name}`, { value: true, scope: null, reason: 'drill', expires_at: null, ...change })
}

async function clear(name: ControlName, scope: ControlChange['scope'] = null): Promise<void> {
  await put(first, name, { value: false, scope, reason: 'drill over' })
  for (const api of fleet.apis) await until(ACTS_WITHIN_MS, () => review(api), ({ verdict }) => verdict === 'approve')
}

test('the reviews these tests rely on are approved while nothing is on', async () => {
  for (const api of fleet.apis) expect(await review(api)).toMatchObject({ verdict: 'approve', llm_skipped: null })
})

test('a halt set at one replica acts in the other within two seconds, asks no model and lets proved exits go', async () => {
  expect(await put(first, 'halt_new_risk', { reason: 'exchange trouble' })).toMatchObject({
    status: 200,
    body: { name: 'halt_new_risk', scope: null, value: true, actor: 'local', reason: 'exchange trouble', expires_at: null },
  })
  for (const api of [second, first]) {
    const halted = await until(ACTS_WITHIN_MS, () => review(api), ({ verdict }) => verdict === 'veto')
    expect(halted).toMatchObject({ reason: 'new_risk_halted', llm_skipped: 'kill_switch', advice: null, usage: null, decision: null })
    expect(halted.outcomes[0]).toMatchObject({ gate: 'controls', passed: false, evidence: { readable: true } })
    expect(await review(api, exit)).toMatchObject({ verdict: 'approve', llm_skipped: 'reducing' })
  }
  await clear('halt_new_risk')
})

test('a stored approve is not given again once its risk is halted; a stored veto and a proved exit are', async () => {
  const entry = submission()
  const leaving = submission(exit)
  const refused = submission((body) => void (body.request.decision.symbol = 'HALTED'))
  await put(first, 'halt_new_risk', { scope: { symbol: 'HALTED' } })
  const vetoed = await until(ACTS_WITHIN_MS, () => post(first, { ...refused, trade_decision_id: randomUUID() }), ({ verdict }) => verdict === 'veto')
  const approved = await post(first, entry)
  expect(approved).toMatchObject({ status: 200, verdict: 'approve' })
  expect(await post(second, leaving)).toMatchObject({ verdict: 'approve' })
  await put(first, 'halt_new_risk', {})
  await until(ACTS_WITHIN_MS, () => post(second, entry), ({ status }) => status === 409)
  expect(await post(second, entry)).toMatchObject({ status: 409, code: 'verdict_expired' })
  expect(await post(first, leaving)).toMatchObject({ status: 200, verdict: 'approve' })
  const again = { ...refused, trade_decision_id: vetoed.trade_decision_id }
  expect(await post(second, again)).toMatchObject({ status: 200, review_id: vetoed.review_id })
  await put(first, 'halt_new_risk', { value: false, scope: { symbol: 'HALTED' } })
  await clear('halt_new_risk')
  expect(await post(second, entry)).toMatchObject({ status: 200, review_id: approved.review_id })
})

test('a halt holds for its symbol or its strategy and for nothing else', async () => {
  const strategy_id = 'mean-reversion'
  await put(first, 'halt_new_risk', { scope: { symbol: 'AMD' } })
  await put(second, 'halt_new_risk', { scope: { strategy_id } })
  for (const api of fleet.apis) {
    const amd = (body: Body) => void (body.request.decision.symbol = 'AMD')
    await until(ACTS_WITHIN_MS, () => review(api, amd), ({ reason }) => reason === 'new_risk_halted')
    const strategy = (body: Body) => void (body.request.decision.strategy_id = strategy_id)
    await until(ACTS_WITHIN_MS, () => review(api, strategy), ({ reason }) => reason === 'new_risk_halted')
    expect(await review(api)).toMatchObject({ verdict: 'approve' })
  }
  await clear('halt_new_risk', { symbol: 'AMD' })
  await clear('halt_new_risk', { strategy_id })
})

test('force_deterministic lets the fallback speak for everything but proved exits', async () => {
  await put(first, 'force_deterministic', {})
  const forced = await until(ACTS_WITHIN_MS, () => review(second), ({ verdict }) => verdict === 'veto')
  expect(forced).toMatchObject({ reason: 'llm_runtime_fallback', fallback: { cause: 'force_deterministic' }, usage: null })
  expect(await review(second, exit)).toMatchObject({ verdict: 'approve', fallback: null })
  const status = await getJson(`${second}/trading/status`)
  expect(status.body).toMatchObject({ llm: { guardrails: { allow_requests: false, reasons: ['force_deterministic'] } } })
  await clear('force_deterministic')
})

test('a control goes off by itself at its time, and holds across a restart until then', async () => {
  await put(first, 'halt_new_risk', {})
  const third = await fleet.join()
  expect(await review(third)).toMatchObject({ verdict: 'veto', reason: 'new_risk_halted' })
  const expires_at = new Date(Date.now() + 3_000).toISOString()
  await put(first, 'halt_new_risk', { expires_at })
  const apis = [...fleet.apis, third]
  await sleep(1_000)
  for (const api of apis) await until(20_000, () => review(api), ({ verdict }) => verdict === 'approve')
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expires_at))
  const { body } = await getJson(`${first}/v1/controls?limit=1`)
  expect(body['items']).toMatchObject([{ name: 'halt_new_risk', scope: null, value: false, expires_at }])
})

test('every setting leaves an audit row with its caller and its reason', async () => {
  await put(first, 'pause_promotions', { reason: 'release freeze' })
  await put(second, 'pause_promotions', { value: false, reason: 'freeze over' })
  const client = new pg.Client({ connectionString: fleet.stack.database })
  await client.connect()
  const text = `SELECT actor, reason, value FROM runtime_control_events WHERE name = 'pause_promotions' ORDER BY id`
  const { rows } = await client.query(text)
  await client.end()
  expect(rows).toEqual([
    { actor: 'local', reason: 'release freeze', value: true },
    { actor: 'local', reason: 'freeze over', value: false },
  ])
  expect(await review(first)).toMatchObject({ verdict: 'approve' })
})

test.each<[string, string, unknown, number, string]>([
  ['an unknown name', 'stop_everything', {}, 404, 'unknown_control'],
  ['no reason', 'halt_new_risk', { value: true, scope: null, expires_at: null }, 422, 'missing'],
  ['an empty reason', 'halt_new_risk', { value: true, reason: '' }, 422, 'too_short'],
  ['an empty scope', 'halt_new_risk', { value: true, reason: 'x', scope: {} }, 422, 'scope_empty'],
  ['a time gone by', 'halt_new_risk', { value: true, reason: 'x', expires_at: '2020-01-01T00:00:00Z' }, 422, 'expired'],
  ['a scope where none applies', 'pause_promotions', { value: true, reason: 'x', scope: { symbol: 'A' } }, 422, 'scope_not_applicable'],
  ['text no database takes', 'halt_new_risk', { value: true, reason: 'a\u0000b' }, 422, 'unsafe_text'],
])('PUT /v1/controls/{name} refuses %s', async (_what, name, body, status, code) => {
  expect(await sendJson('PUT', `${first}/v1/controls/${name}`, body)).toMatchObject({ status, body: { code } })
})

test('POST /v1/feedback takes good feedback, knows repeats, and names the bad', async () => {
  const { trade_decision_id } = await review(first)
  const item = {
    feedback_id: randomUUID(),
    trade_decision_id,
    source: { kind: 'person', id: 'ana' },
    label: 'veto',
    reason: 'Earnings tomorrow',
    known_at: '2026-03-02T16:05:00Z',
  }
  const feedback = [
    item,
    { ...item, feedback_id: randomUUID(), label: 'maybe' },
    { ...item, feedback_id: randomUUID(), trade_decision_id: randomUUID() },
    { ...item, feedback_id: randomUUID(), label: 'approve', source: { kind: 'desk_rule', id: 'size' } },
  ]
  expect((await postJson(`${first}/v1/feedback`, { feedback })).body).toMatchObject({
    accepted: 2,
    duplicates: 0,
    rejected: [
      { index: 1, code: 'enum' },
      { index: 2, code: 'unknown_decision' },
    ],
  })
  expect((await postJson(`${second}/v1/feedback`, { feedback: [item, { ...item, label: 'approve' }] })).body).toMatchObject({
    accepted: 0,
    duplicates: 1,
    rejected: [{ index: 1, code: 'feedback_conflict' }],
  })
  expect(await postJson(`${first}/v1/feedback`, { feedback: [] })).toMatchObject({ status: 422, body: { code: 'too_short' } })
})

test('GET /v1/runtime tells what runs, the same in two replicas but for where they listen and write, and no secret', async () => {
  const answers = await Promise.all(fleet.apis.map((api) => getJson(`${api}/v1/runtime`)))
  const [one, other] = answers.map(({ body }) => body as Record<string, Record<string, unknown>>)
  expect(one).toMatchObject({
    environment: { TRADING_MODE: 'paper', DATABASE_URL: '[set]', JANGAR_API_KEY: '[set]', TORGHUT_API_KEYS_FILE: null },
    artifact: { kind: 'seed', verified: true, reason: null },
    image_digest: null,
    git_sha: null,
  })
  expect(one?.['environment_hash']).toMatch(/^[0-9a-f]{64}$/)
  expect(one?.['environment_hash']).not.toBe(other?.['environment_hash'])
  const places = { PORT: 0, TORGHUT_DATA_DIR: '', TORGHUT_STORAGE: '', TORGHUT_CHECKPOINT_KEY_FILE: '' }
  const placeless = (view: typeof one) => ({ ...view, environment: { ...view?.['environment'], ...places }, environment_hash: '' })
  expect(placeless(one)).toEqual(placeless(other))
  const { lineage } = await review(first)
  expect(one).toMatchObject({ policy_hash: lineage.policy_hash, engine_version: lineage.engine_version })
  expect(one?.['artifact']?.['hash']).toBe(lineage.artifact_hash)
  const password = new URL(fleet.stack.database).password
  expect(password.length).toBeGreaterThan(8)
  for (const { body } of answers) expect(JSON.stringify(body)).not.toMatch(new RegExp(`sk-must-not-be-shown|${password}`))
})

test('GET /trading/llm-evaluation agrees with the stored rows of today, and /trading/status shows the same', async () => {
  const now = new Date().toISOString()
  const today = (body: Body) => void Object.assign(body, movedTo(now, body))
  await review(first, today)
  await review(second, (body) => {
    today(body)
    body.request.market_context.riskFlags = ['news_error']
  })
  await put(first, 'force_deterministic', { scope: { symbol: 'FORCED' } })
  const forced = (body: Body) => {
    today(body)
    for (const about of [body.request.decision, body.request.market, body.request.market_context]) about.symbol = 'FORCED'
  }
  await until(ACTS_WITHIN_MS, () => review(second, forced), ({ fallback }) => fallback !== null)
  await clear('force_deterministic', { symbol: 'FORCED' })

  const { status, body } = await getJson(`${first}/trading/llm-evaluation`)
  expect(status).toBe(200)
  const rows = (await todaysRows(now)) as ReviewAnswer[]
  const count = (is: (row: ReviewAnswer) => boolean) => rows.filter(is).length
  const errors = count(({ fallback }) => fallback !== null)
  expect(rows.length).toBeGreaterThanOrEqual(3)
  expect(errors).toBeGreaterThanOrEqual(1)
  expect(body).toMatchObject({
    ok: true,
    window: { timezone: 'America/New_York' },
    metrics: {
      total_reviews: rows.length,
      verdict_counts: {
        approve: count(({ verdict }) => verdict === 'approve'),
        veto: count(({ verdict }) => verdict === 'veto'),
        adjust: 0,
        abstain: 0,
        escalate: 0,
        error: errors,
      },
      error_rate: Math.round((errors / rows.length) * 1e6) / 1e6,
      tokens: { prompt: rows.reduce((sum, { usage }) => sum + (usage?.tokens_prompt ?? 0), 0) },
      decision_contribution: { actionable_reviews: rows.length - errors, fallback_total: errors },
      calibration_quality: { samples: rows.length - errors },
    },
  })
  const { start, end, start_utc, end_utc } = body['window'] as Record<string, string>
  expect(start).toMatch(/T00:00:00-0[45]:00$/)
  expect([new Date(start!).toISOString(), new Date(end!).toISOString()]).toEqual([start_utc, end_utc])
  const { body: whole } = await getJson(`${second}/trading/status`)
  expect(whole['llm_evaluation']).toEqual(body)
  expect(whole['llm']).toMatchObject({
    enabled: true,
    shadow_mode: false,
    fail_mode: 'veto',
    effective_fail_mode: 'veto',
    policy_resolution: { classification: 'compliant' },
    circuit: { open: false, max_errors: 3 },
    guardrails: { allow_requests: true, governance_evidence_complete: false, reasons: [] },
    simulated: true,
  })
})

/** Every stored review whose decision was made at this very instant. */
async function todaysRows(eventTs: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: fleet.stack.database })
  await client.connect()
  const text = `SELECT convert_from(response_bytes, 'UTF8') AS record FROM llm_decision_reviews WHERE event_at = $1`
  const { rows } = await client.query<{ record: string }>(text, [eventTs])
  await client.end()
  return rows.map(({ record }) => JSON.parse(record))
}
