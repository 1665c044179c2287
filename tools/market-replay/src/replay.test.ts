import { TradeResult, parseReviewSubmission, tradeResultIssue } from '@torghut/contracts'
import { afterEach, expect, test } from 'vitest'

import { readSp500Bars } from './bars.ts'
import { ApiRefusedError } from './errors.ts'
import type { ReviewedDecision } from './replay-book.ts'
import type { ReplayOptions, ReplayRun } from './replay.ts'
import { replay } from './replay.ts'
import type { PostedOutcome } from './results.ts'
import type { ReviewBody } from './review-body.ts'
import { createReviewClient } from './review-client.ts'
import { runHash } from './summary.ts'
import type { Answer, DeskApi, Posted } from './testing/desk-api.ts'
import { reviewAnswer, startDeskApi } from './testing/desk-api.ts'

const bars = readSp500Bars()
const ALL: ReplayOptions = {
  seed: 'test',
  from: '2000-01-01',
  to: '2020-12-31',
  entriesMax: null,
  concurrency: 8,
  feedback: 'none',
}
const CRISIS: ReplayOptions = { ...ALL, from: '2008-01-01', to: '2009-03-31' }

let api: DeskApi | undefined
afterEach(async () => {
  await api?.close()
  api = undefined
})

test('replay() posts at least 500 decisions, each a body the contract takes whole', async () => {
  const run = await runAgainst(ALL)
  expect(run.decisions.length).toBeGreaterThanOrEqual(500)
  expect(new Set(run.decisions.map(({ body }) => body.trade_decision_id)).size).toBe(run.decisions.length)
  for (const { body } of run.decisions) {
    const parsed = parseReviewSubmission(JSON.parse(JSON.stringify(body)))
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
    expect(parsed.dropped).toEqual({ params: 0, positions: 0 })
    // What the parser stores is what was posted: nothing had to be normalised.
    expect(parsed.submission).toEqual(body)
  }
})

test('replay() gives the desk a mix of labels over the twenty years', async () => {
  const entries = entriesOf(await runAgainst(ALL))
  const share = (label: string) => entries.filter(({ desk }) => desk.label === label).length / entries.length
  expect(share('approve')).toBeGreaterThan(0.45)
  expect(share('approve')).toBeLessThan(0.65)
  expect(share('adjust')).toBeGreaterThan(0.1)
  expect(share('adjust')).toBeLessThan(0.2)
  expect(share('veto')).toBeGreaterThan(0.25)
  expect(share('veto')).toBeLessThan(0.4)
})

test('replay() proves every exit by the position it reduces', async () => {
  const exits = (await runAgainst(ALL)).decisions.filter(({ purpose }) => purpose === 'exit')
  expect(exits.length).toBeGreaterThan(100)
  for (const { body } of exits) {
    const { decision, positions } = body.request
    expect(positions).toHaveLength(1)
    expect(positions[0]).toMatchObject({ symbol: 'SPX', side: decision.action === 'sell' ? 'long' : 'short' })
    expect(Number(decision.qty)).toBeLessThanOrEqual(Number(positions[0]?.qty))
    expect(body.order.reduce_only).toBe(true)
    expect(body.gate_state).toMatchObject({ as_of: decision.event_ts, pending_orders: [] })
  }
})

test('replay() enters without a position, and not at all after a veto', async () => {
  const run = await runAgainst(CRISIS, alwaysAnswer('veto'))
  expect(run.decisions.length).toBeGreaterThan(10)
  expect(run.decisions.every(({ purpose }) => purpose === 'entry')).toBe(true)
  expect(run.decisions.every(({ body }) => body.request.positions.length === 0)).toBe(true)
  expect(run.results.length).toBeGreaterThan(10)
  expect(run.results.every(({ outcome }) => outcome.kind === 'counterfactual')).toBe(true)
})

test('replay() decides and earns alike whatever the verdicts were', async () => {
  const vetoed = await runAgainst(CRISIS, alwaysAnswer('veto'))
  const approved = await runAgainst(CRISIS, alwaysAnswer('approve'))
  const ids = (run: ReplayRun) => entriesOf(run).map(({ body }) => body.trade_decision_id)
  expect(ids(vetoed)).toEqual(ids(approved))
  const nets = (run: ReplayRun) => run.results.map(({ outcome }) => [outcome.trade_decision_id, outcome.net])
  expect(nets(vetoed)).toEqual(nets(approved))
  expect(approved.results.every(({ outcome }) => outcome.kind === 'realised')).toBe(true)
})

test('replay() holds and exits the adjusted quantity, and never more than it asked for', async () => {
  const sizes = (run: ReplayRun, purpose: string) =>
    run.decisions
      .filter((decision) => decision.purpose === purpose)
      .map(({ body }) => Number(body.request.decision.qty))
  const halved = await runAgainst(CRISIS, alwaysAnswer('adjust'))
  const exits = halved.decisions.filter(({ purpose }) => purpose === 'exit')
  expect(exits.length).toBeGreaterThan(10)
  for (const { body } of exits) expect(body.request.positions[0]?.qty).toBe(body.request.decision.qty)
  expect(Math.max(...sizes(halved, 'exit'))).toBe(Math.max(...sizes(halved, 'entry')) / 2)

  const greedy = await runAgainst(CRISIS, ({ path, body }) =>
    path === '/v1/reviews'
      ? { status: 200, body: { ...approve(body as ReviewBody), decision: { qty: '999999' } } }
      : undefined,
  )
  expect(Math.max(...sizes(greedy, 'exit'))).toBeLessThanOrEqual(Math.max(...sizes(greedy, 'entry')))
})

test('replay() takes 503 as a veto of new risk and still exits', async () => {
  const run = await runAgainst(CRISIS, ({ path, body }) => {
    if (path !== '/v1/reviews') return undefined
    const review = body as ReviewBody
    const isMarch = review.request.decision.event_ts.startsWith('2008-03')
    if (isMarch || review.order.reduce_only) return { status: 503, body: { code: 'unrecordable' } }
    return { status: 200, body: approve(review) }
  })
  const march = entriesOf(run).filter(({ date }) => date.startsWith('2008-03'))
  expect(march.length).toBeGreaterThan(0)
  const kinds = new Map(run.results.map(({ outcome }) => [outcome.trade_decision_id, outcome.kind]))
  for (const { body } of march) expect(kinds.get(body.trade_decision_id)).toBe('counterfactual')
  const realised = run.results.filter(({ outcome }) => outcome.kind === 'realised')
  const exits = run.decisions.filter(({ purpose }) => purpose === 'exit')
  expect(exits).toHaveLength(realised.length)
  expect(exits.length).toBeGreaterThan(10)
})

test('replay() posts each result once, when its exit is filled and before the book decides again', async () => {
  // Within one year a strategy has one book.
  const run = await runAgainst({ ...CRISIS, to: '2008-12-31' })
  const posted = api!.posted.flatMap((call) => filings(call))
  const results = posted.filter(({ kind }) => kind === 'result')
  expect(results).toHaveLength(run.results.length)
  expect(new Set(results.map(({ decisionId }) => decisionId)).size).toBe(results.length)

  const strategyOf = new Map(
    run.decisions.map(({ body }) => [body.trade_decision_id, body.request.decision.strategy_id]),
  )
  const late = posted.filter((decision, index) => {
    if (decision.kind !== 'decision') return false
    const after = posted.slice(index).filter(({ kind, at }) => kind === 'result' && at <= decision.at)
    return after.some(({ decisionId }) => strategyOf.get(decisionId) === strategyOf.get(decision.decisionId))
  })
  expect(late).toEqual([])
})

test('replay() posts results the contract takes', async () => {
  const { results } = await runAgainst(CRISIS)
  for (const { outcome } of results) expect(tradeResultIssue(TradeResult.parse(outcome))).toBeNull()
})

test('replay() lists earlier decisions of the strategy only, newest first, never the decision itself', async () => {
  const run = await runAgainst(CRISIS)
  for (const { body } of run.decisions) {
    const { decision, recent_decisions: recent } = body.request
    expect(recent.length).toBeLessThanOrEqual(5)
    const times = recent.map(({ created_at }) => created_at)
    expect(times).toEqual(times.toSorted().reverse())
    for (const earlier of recent) {
      expect(earlier.created_at < decision.event_ts).toBe(true)
      expect(earlier.strategy_id).toBe(decision.strategy_id)
    }
  }
  const listed = run.decisions.flatMap(({ body }) => body.request.recent_decisions)
  const statuses = new Set(listed.map(({ status }) => status))
  expect([...statuses].sort()).toEqual(['filled', 'rejected'])
})

test('replay() posts the same bodies one at a time and many at a time, and other ids under another seed', async () => {
  const alone = await runAgainst({ ...CRISIS, concurrency: 1 })
  const together = await runAgainst({ ...CRISIS, concurrency: 8 })
  expect(together.decisions.map(({ body }) => body)).toEqual(alone.decisions.map(({ body }) => body))
  expect(together.results).toEqual(alone.results)
  expect(runHash(together.decisions)).toBe(runHash(alone.decisions))
  const other = await runAgainst({ ...CRISIS, seed: 'other' })
  expect(runHash(other.decisions)).not.toBe(runHash(alone.decisions))
})

test('replay() posts the same bodies up to a day when later bars are cut away', async () => {
  const long = await runAgainst(CRISIS)
  const short = await runAgainst({ ...CRISIS, to: '2008-10-10' })
  const upTo = long.decisions.filter(({ date }) => date <= '2008-10-10')
  expect(short.decisions.map(({ body }) => body)).toEqual(upTo.map(({ body }) => body))
  expect(short.unresolved).toBeGreaterThanOrEqual(0)
})

test('replay() thins entries evenly over the whole period', async () => {
  const entries = entriesOf(await runAgainst({ ...ALL, entriesMax: 60 }))
  expect(entries).toHaveLength(60)
  for (const years of [['2000', '2003'], ['2007', '2010'], ['2017', '2021']] as const) {
    expect(entries.some(({ date }) => date >= years[0] && date < years[1])).toBe(true)
  }
})

test('replay() stops at the first refusal and tells what the API said', async () => {
  const refused = runAgainst(CRISIS, ({ path }) =>
    path === '/v1/reviews' ? { status: 422, body: { code: 'mode_mismatch' } } : undefined,
  )
  await expect(refused).rejects.toThrow(ApiRefusedError)
  await expect(refused).rejects.toThrow('mode_mismatch')
  expect(api!.posted.length).toBeLessThanOrEqual(8)
})

test('replay() stops every book when one is refused', async () => {
  let reviewed = 0
  const refused = runAgainst({ ...ALL, concurrency: 2 }, ({ path }) => {
    if (path === '/v1/reviews') reviewed += 1
    return path === '/v1/reviews' && reviewed === 1 ? { status: 422, body: { code: 'refused_once' } } : undefined
  })
  await expect(refused).rejects.toThrow('refused_once')
  // The other book may finish what it had in flight; a run that went on would post hundreds.
  expect(reviewed).toBeLessThan(20)
})

test('replay() stops when a result is rejected', async () => {
  const rejected = runAgainst(CRISIS, ({ path }) =>
    path === '/v1/outcomes'
      ? { status: 200, body: { accepted: 0, duplicates: 0, rejected: [{ index: 0, code: 'net_mismatch' }] } }
      : undefined,
  )
  await expect(rejected).rejects.toThrow('net_mismatch')
})

test('replay() files the desk labels a day after the decision, or random ones as a control', async () => {
  const filed = async (feedback: ReplayOptions['feedback']) => {
    const run = await runAgainst({ ...CRISIS, feedback })
    const batches = api!.posted.filter(({ path }) => path === '/v1/feedback')
    const labels = batches.flatMap(({ body }) => (body as Feedback).feedback)
    return { labels, entries: new Map(entriesOf(run).map((entry) => [entry.body.trade_decision_id, entry])) }
  }
  expect((await filed('none')).labels).toEqual([])
  const desk = await filed('desk')
  expect(desk.labels).toHaveLength(desk.entries.size)
  for (const label of desk.labels) {
    const entry = desk.entries.get(label.trade_decision_id)!
    expect(label.label).toBe(entry.desk.label)
    expect(label.known_at > entry.body.request.decision.event_ts).toBe(true)
  }
  const random = await filed('random')
  const wrong = random.labels.filter((label) => label.label !== random.entries.get(label.trade_decision_id)!.desk.label)
  expect(wrong.length / random.labels.length).toBeGreaterThan(0.4)
})

interface Feedback {
  feedback: { trade_decision_id: string; label: string; known_at: string }[]
}

async function runAgainst(
  options: ReplayOptions,
  override?: (posted: Posted) => Answer | undefined,
): Promise<ReplayRun> {
  await api?.close()
  api = await startDeskApi(override)
  const client = createReviewClient({ apiUrl: api.url, connections: options.concurrency })
  try {
    return await replay(bars, options, client)
  } finally {
    await client.close()
  }
}

function alwaysAnswer(verdict: 'approve' | 'adjust' | 'veto') {
  return ({ path, body }: Posted): Answer | undefined => {
    if (path !== '/v1/reviews') return undefined
    const review = body as ReviewBody
    return { status: 200, body: review.order.reduce_only ? approve(review) : answer(review, verdict) }
  }
}

function approve(body: ReviewBody) {
  return answer(body, 'approve')
}

function answer({ request, order }: ReviewBody, verdict: string) {
  return reviewAnswer({ verdict, reason: null, qty: request.decision.qty, reducing: order.reduce_only })
}

function entriesOf(run: ReplayRun): ReviewedDecision[] {
  return run.decisions.filter(({ purpose }) => purpose === 'entry')
}

/** A posted call as what it says about which decision, and the instant it is about. */
function filings({ path, body }: Posted): { kind: 'decision' | 'result'; decisionId: string; at: string }[] {
  if (path === '/v1/reviews') {
    const review = body as ReviewBody
    return [{ kind: 'decision', decisionId: review.trade_decision_id, at: review.request.decision.event_ts }]
  }
  const { outcomes } = body as { outcomes: PostedOutcome[] }
  return outcomes.map((result) => ({ kind: 'result', decisionId: result.trade_decision_id, at: result.known_at }))
}
