import { DEFAULT_FAST_PATH_POLICY } from '@torghut/contracts'
import type { FastPathPolicy } from '@torghut/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { runs } from '../testing/property-settings.ts'
import { changed, sampleControls, samplePolicy, sampleSubmission, DECIDED_AT, sampleAdvice } from '../testing/samples.ts'
import type { Changes } from '../testing/samples.ts'
import { checkFastPath } from './fast-path.ts'
import { originalOrder } from './original-order.ts'
import { gatherFacts } from './pre-trade/facts.ts'
import type { PreTradeFacts } from './pre-trade/facts.ts'
import { proveReducing } from './reducing-proof.ts'
import { maySkipModel, settleVerdict } from './settle-verdict.ts'
import type { ReviewEvidence } from './settle-verdict.ts'
import { slowPathTriggers } from './slow-path-triggers.ts'

const REGIME = { regime_id: 'R2', entropy_band: 'low', predicted_next: 'R2', artifact_version: 'hmm-1', guardrail_reason: null }
const FIGURES = { routerEntropy: 0.9, expertScores: { trend: 0.55, reversal: 0.35 }, transitionProbability: 0.45 }

/** A calm decision: every figure exactly on its limit, no news, a notional of 1824.10. */
const CALM: Changes = {
  'request.decision.regime_hmm': REGIME,
  'request.market_context.domains.regime.payload': FIGURES,
}

/** Old news are another gate's business here. */
const PATIENT = { 'limits.max_domain_age_seconds.news': 700, 'limits.max_domain_age_seconds.fundamentals': 90_000 }

/** `policy` changes the fast path's own limits, `changes` the submission. */
function reviewed(changes: Changes = {}, policy: Partial<FastPathPolicy> | null = {}): ReviewEvidence {
  const submission = changed(sampleSubmission(CALM), changes)
  const rules = policy === null ? null : { ...DEFAULT_FAST_PATH_POLICY, max_expert_spread: 0.25, ...policy }
  return {
    submission,
    reducing: proveReducing(submission),
    advice: null,
    fallbackCause: null,
    mandatoryRoles: ['policy_judge'],
    policy: samplePolicy({ fast_path: rules, critical_notional_usd: '1824.1', ...PATIENT }),
    controls: sampleControls(),
    llmSkipped: 'fast_path',
    decidedAt: DECIDED_AT,
    stage: 'paper',
    durable: true,
  }
}

const gateOf = (evidence: ReviewEvidence) => settleVerdict(evidence).outcomes.find(({ gate }) => gate === 'fast-path')

test('maySkipModel() lets a calm decision go without the model, and settleVerdict() approves the order as it came', () => {
  const evidence = reviewed()
  expect(maySkipModel(evidence)).toBe(true)
  const settled = settleVerdict(evidence)
  expect(settled).toMatchObject({ verdict: 'approve', reason: null, decision: { qty: '10', order_type: 'market' } })
  expect(gateOf(evidence)).toMatchObject({
    passed: true,
    evidence: {
      triggers: [],
      router_entropy: 0.9,
      entropy_band: 'low',
      transition_probability: 0.45,
      notional_usd: '1824.1',
    },
  })
})

const NEWS = 'request.market_context.domains.news'
const FUNDAMENTALS = 'request.market_context.domains.fundamentals'
const PAYLOAD = 'request.market_context.domains.regime.payload'
/** A domain that is well, of an age. */
function aged(path: string, age: Record<string, unknown>): Changes {
  return Object.fromEntries(Object.entries({ state: 'ok', ...age }).map(([key, value]) => [`${path}.${key}`, value]))
}

const TRIGGERED: [what: string, trigger: string, changes: Changes, policy?: Partial<FastPathPolicy>][] = [
  ['a router in two minds', 'router_entropy', { [`${PAYLOAD}.routerEntropy`]: 0.9000001 }],
  ['a router that says nothing', 'router_entropy', { [`${PAYLOAD}.routerEntropy`]: null }],
  ['an entropy that is no number', 'router_entropy', { [`${PAYLOAD}.routerEntropy`]: NaN }],
  ['a wide entropy band', 'entropy_band', { 'request.decision.regime_hmm.entropy_band': 'medium' }],
  ['no regime', 'entropy_band', { 'request.decision.regime_hmm': null }],
  ['experts that disagree', 'expert_disagreement', { [`${PAYLOAD}.expertScores.trend`]: 0.61 }],
  ['one expert alone', 'expert_disagreement', { [`${PAYLOAD}.expertScores`]: { trend: 0.5 } }],
  ['a likely change of regime', 'regime_transition', { [`${PAYLOAD}.transitionProbability`]: 0.4500001 }],
  ['a regime that is about to change', 'regime_transition', { 'request.decision.regime_hmm.predicted_next': 'R4' }],
  ['a guarded regime', 'regime_transition', { 'request.decision.regime_hmm.guardrail_reason': 'stale' }],
  ['news of ten minutes', 'recent_news', { [`${NEWS}.state`]: 'ok', [`${NEWS}.freshness_seconds`]: 600 }],
  ['news of an unknown age', 'recent_news', { [`${NEWS}.state`]: 'ok', [`${NEWS}.freshness_seconds`]: null }],
  ['news that failed', 'recent_news', { [`${NEWS}.state`]: 'error', [`${NEWS}.freshness_seconds`]: 601 }],
  ['new fundamentals', 'recent_fundamentals', { [`${FUNDAMENTALS}.state`]: 'ok', [`${FUNDAMENTALS}.freshness_seconds`]: 86_400 }],
  ['one share more', 'critical_notional', { 'request.decision.qty': '11' }],
  ['no gate state', 'critical_notional', { gate_state: null }],
  ['a strategy that is always read', 'slow_strategy', {}, { slow_strategies: [sampleSubmission().request.decision.strategy_id] }],
  ['no context', 'context_missing', { 'request.market_context': null }],
]

test.each(TRIGGERED)('maySkipModel() asks the model for %s', (_what, trigger, changes, policy = {}) => {
  const evidence = reviewed(changes, policy)
  expect(maySkipModel(evidence)).toBe(false)
  expect(gateOf(evidence)).toMatchObject({ passed: false, code: 'slow_path_needed' })
  expect(gateOf(evidence)?.evidence['triggers']).toContain(trigger)
  expect(settleVerdict(evidence)).toMatchObject({ verdict: 'veto', decision: null })
})

test.each<[string, Changes]>([
  ['news of one second more', aged(NEWS, { freshness_seconds: 601, as_of: '2026-02-27T15:21:01Z', max_freshness_seconds: 700 })],
  ['old fundamentals', aged(FUNDAMENTALS, { freshness_seconds: 86_401, as_of: '2026-02-26T15:31:01Z', max_freshness_seconds: 90_000 })],
])('maySkipModel() does not mind %s', (_what, changes) => {
  expect(maySkipModel(reviewed(changes))).toBe(true)
})

test('maySkipModel() does not look at figures the policy sets no limit for', () => {
  const none = { max_router_entropy: null, max_entropy_band: null, max_expert_spread: null, max_transition_probability: null }
  expect(maySkipModel(reviewed({ [PAYLOAD]: {}, 'request.decision.regime_hmm': null }, none))).toBe(true)
})

test('settleVerdict() vetoes a claimed skip under a policy without a fast path, or with every order critical', () => {
  expect(maySkipModel(reviewed({}, null))).toBe(false)
  expect(settleVerdict(reviewed({}, null))).toMatchObject({ verdict: 'veto', reason: 'fast_path_not_allowed' })
  for (const odd of [undefined, 'yes', true]) {
    const evidence = reviewed()
    const policy = { ...evidence.policy, fast_path: odd as never }
    expect(settleVerdict({ ...evidence, policy }).reason).toBe('fast_path_not_allowed')
  }
  const evidence = reviewed()
  const everyOrder = { ...evidence, policy: { ...evidence.policy, critical_notional_usd: null } }
  expect(settleVerdict(everyOrder)).toMatchObject({ verdict: 'veto', reason: 'slow_path_needed' })
})

test('settleVerdict() after a skip is never looser than the gates under an approve', () => {
  const rank = { veto: 0, adjust: 1, approve: 2 }
  const odd = fc.constantFrom<unknown>(null, NaN, -1, 0, 0.5, 1e9, '', 'x', '10', [], {}, true)
  const paths = TRIGGERED.flatMap(([, , changes]) => Object.keys(changes))
  const others = ['gate_state.instrument.halted', 'gate_state.pnl.drawdown', 'request.portfolio.buying_power', 'request.decision.action']
  const change = fc.tuple(fc.constantFrom(...paths, ...others), odd)
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), (changes) => {
      // What holds others is replaced last.
      const deepFirst = changes.toSorted(([one], [other]) => other.length - one.length)
      const evidence = reviewed(Object.fromEntries(deepFirst))
      const skipped = settleVerdict(evidence)
      const approved = settleVerdict({ ...evidence, advice: sampleAdvice(), llmSkipped: null })
      expect(rank[skipped.verdict]).toBeLessThanOrEqual(rank[approved.verdict])
      if (skipped.decision !== null) expect(skipped.decision).toEqual(approved.decision)
      if (maySkipModel(evidence)) expect(gateOf(evidence)?.passed).toBe(true)
    }),
    runs(1_000),
  )
})

/** The triggers of a calm decision with some of it, or of the policy, changed past any parser. */
function triggersAfter(changes: Changes, policy: Changes = {}, facts: Partial<PreTradeFacts> = {}) {
  const evidence = reviewed(changes)
  const read = gatherFacts(changed(evidence, policy), originalOrder(evidence.submission))
  if (read === null) throw new Error('No facts to be read')
  return slowPathTriggers({ ...read, ...facts }, { ...DEFAULT_FAST_PATH_POLICY, max_expert_spread: 0.25 })
}

const DOMAINS = 'request.market_context.domains'

test.each<[string, Changes, string[]]>([
  ['a figure that is text', { [`${PAYLOAD}.routerEntropy`]: '0.1' }, ['router_entropy']],
  ['a figure without an end', { [`${PAYLOAD}.routerEntropy`]: -Infinity }, ['router_entropy']],
  ['scores that are null', { [`${PAYLOAD}.expertScores`]: null }, ['expert_disagreement']],
  ['missing news that had a source', { [`${DOMAINS}.news.state`]: 'missing', [`${DOMAINS}.news.source_count`]: 2 }, ['recent_news']],
  ['an age that is text', { [`${DOMAINS}.news`]: { state: 'ok', source_count: 1, freshness_seconds: '9999999' } }, ['recent_news']],
  ['a regime block that is undefined', { 'request.decision.regime_hmm': undefined }, ['entropy_band']],
])('slowPathTriggers() holds for %s', (_what, changes, triggers) => {
  expect(triggersAfter(changes)).toEqual(triggers)
})

test('slowPathTriggers() takes a notional, or a limit for it, that nobody knows for critical', () => {
  expect(triggersAfter({}, {}, { notional: null })).toEqual(['critical_notional'])
  for (const critical of [null, 'x']) expect(triggersAfter({}, { 'policy.critical_notional_usd': critical })).toEqual(['critical_notional'])
})

test('slowPathTriggers() names what it cannot read', () => {
  expect(slowPathTriggers(null as never, DEFAULT_FAST_PATH_POLICY)).toEqual(['evidence_unreadable'])
  expect(slowPathTriggers({} as never, DEFAULT_FAST_PATH_POLICY)).toEqual(['evidence_unreadable'])
})

test('checkFastPath() denies where no facts could be read', () => {
  const policy = samplePolicy({ fast_path: DEFAULT_FAST_PATH_POLICY })
  expect(checkFastPath(policy, null)).toEqual({
    gate: 'fast-path',
    passed: false,
    code: 'slow_path_needed',
    evidence: { triggers: ['evidence_unreadable'] },
  })
})

test('maySkipModel() asks the pre-trade gates, too', () => {
  expect(maySkipModel(reviewed({ 'gate_state.instrument.halted': true }))).toBe(false)
  expect(maySkipModel(reviewed({}, null))).toBe(false)
  expect(maySkipModel(null as never)).toBe(false)
})
