import { expect, test } from 'vitest'

import type { ReviewedDecision } from './replay-book.ts'
import type { ReviewReply } from './review-client.ts'
import { agreementWithResults, runHash, scoreAgainstDesk, summarise } from './summary.ts'

type Label = 'approve' | 'adjust' | 'veto'

test('scoreAgainstDesk() counts abstain and escalate as veto', () => {
  const scores = scoreAgainstDesk([
    entry('veto', { advised: 'abstain' }),
    entry('veto', { advised: 'escalate' }),
    entry('approve', { advised: 'escalate' }),
    entry('approve', { advised: 'approve' }),
    entry('adjust', { advised: 'adjust' }),
  ])
  expect(scores).toMatchObject({ reviewed: 5, agreement: 0.8, veto_alignment: 1, false_veto: 0.5 })
})

test('scoreAgainstDesk() leaves out rows the model did not answer', () => {
  const scores = scoreAgainstDesk([
    entry('approve', { advised: 'approve' }),
    entry('approve', { advised: 'veto', fallback: { cause: 'gateway_timeout' } }),
    entry('approve', { advised: 'veto', llm_skipped: 'kill_switch' }),
    entry('approve', null),
  ])
  expect(scores).toMatchObject({ reviewed: 1, agreement: 1, false_veto: 0 })
})

test('scoreAgainstDesk() has no score where there is no row', () => {
  expect(scoreAgainstDesk([])).toMatchObject({ reviewed: 0, agreement: null, veto_alignment: null, false_veto: null })
})

test('summarise() counts verdicts, gates, fallbacks and missing answers', () => {
  const decisions = [
    entry('approve', { advised: 'approve' }),
    entry('veto', { advised: 'veto', verdict: 'veto', reason: 'llm_veto', gates: [false] }),
    entry('veto', { advised: 'veto', verdict: 'veto', fallback: { cause: 'breaker_open' } }),
    entry('veto', null),
  ]
  const summary = summarise({ decisions, results: [], plannedDecisions: 4, unresolved: 4 })
  expect(summary).toMatchObject({
    decisions: 4,
    verdicts: { approve: 1, veto: 3 },
    reasons: { llm_veto: 1, none: 2, unavailable: 1 },
    gates: { 'price-band': { passed: 2, failed: 1 } },
    fallback_causes: { breaker_open: 1 },
    unavailable: 1,
    simulated: true,
    latency_ms: { client: { p50: 5, max: 5 }, server: { p50: 3, max: 3 } },
  })
})

test('runHash() depends on ids, verdicts and reasons and not on their order', () => {
  const [one, two] = [entry('approve', { advised: 'approve' }, 'a'), entry('veto', { advised: 'veto' }, 'b')]
  expect(runHash([one, two])).toBe(runHash([two, one]))
  expect(runHash([one, two])).not.toBe(runHash([one]))
  const other = entry('veto', { advised: 'veto', verdict: 'veto', reason: 'llm_veto' }, 'b')
  expect(runHash([one, two])).not.toBe(runHash([one, other]))
})

interface Reply {
  advised: 'approve' | 'veto' | 'adjust' | 'abstain' | 'escalate'
  verdict?: Label
  reason?: string
  gates?: boolean[]
  fallback?: { cause: string }
  llm_skipped?: string
}

function entry(label: Label, of: Reply | null, id = 'id'): ReviewedDecision {
  return {
    purpose: 'entry',
    body: { trade_decision_id: id } as ReviewedDecision['body'],
    attempt: { reply: of === null ? null : replyOf(of), latencyMs: 5 },
    desk: { label, rule: 'ordinary-risk', reason: '' },
    date: '2008-01-02',
  }
}

function replyOf({ advised, verdict = 'approve', reason, gates = [true], fallback, llm_skipped }: Reply): ReviewReply {
  return {
    verdict,
    reason: reason ?? null,
    decision: null,
    advice: { verdict: advised },
    outcomes: gates.map((passed) => ({ gate: 'price-band', passed })),
    fallback: fallback ?? null,
    llm_skipped: llm_skipped ?? null,
    lineage: { simulated: true },
    timings: { total_ms: 3 },
  }
}

test('agreementWithResults() counts what earned when taken and what would not have when vetoed', () => {
  const booked = (verdict: string, net: string) => ({ verdict, outcome: { net } }) as never
  const results = [booked('approve', '0.01'), booked('adjust', '-0.01'), booked('veto', '0'), booked('veto', '0.02')]
  expect(agreementWithResults(results)).toBe(0.5)
  expect(agreementWithResults([])).toBeNull()
})
