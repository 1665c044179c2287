import type { CommitteeRole } from '@torghut/contracts'
import { GateOutcome } from '@torghut/contracts'
import { expect, test } from 'vitest'

import {
  DECIDED_AT,
  probabilitiesFor,
  sampleAdjust,
  sampleAdvice,
  sampleControl,
  sampleControls,
  samplePolicy,
  sampleSubmission,
} from '../testing/samples.ts'
import type { Changes } from '../testing/samples.ts'
import { ENGINE_VERSION, GATE_ORDER } from './gate-order.ts'
import { proveReducing } from './reducing-proof.ts'
import { denialBeforeAdvice, settleVerdict } from './settle-verdict.ts'
import type { ReviewEvidence } from './settle-verdict.ts'

const CRITICS: CommitteeRole[] = ['risk_critic', 'execution_critic', 'policy_judge']
const EARLY_GATES = ['controls', 'order-shape', 'gate-state', 'market-context']
const PRE_TRADE = GATE_ORDER.slice(GATE_ORDER.indexOf('symbol-match'))
const EXIT: Changes = {
  'request.decision.action': 'sell',
  'request.positions': [{ symbol: 'NVDA', qty: '10', side: 'long' }],
}

interface Story extends Partial<ReviewEvidence> {
  order?: Changes
  rules?: Changes
}

/** A review of the sample under the sample policy, with a good approve unless the story says otherwise. */
function settle({ order = {}, rules = {}, ...story }: Story = {}) {
  const submission = sampleSubmission(order)
  return settleVerdict({
    submission,
    reducing: proveReducing(submission),
    advice: sampleAdvice(),
    fallbackCause: null,
    mandatoryRoles: CRITICS,
    policy: samplePolicy(rules),
    controls: sampleControls(),
    llmSkipped: null,
    decidedAt: DECIDED_AT,
    stage: 'paper',
    durable: true,
    ...story,
  })
}

function gatesOf(settled: ReturnType<typeof settleVerdict>): string[] {
  return settled.outcomes.map(({ gate, passed }) => (passed ? gate : `${gate}!`))
}

test('settleVerdict() approves the original order when every gate passes', () => {
  const settled = settle({ order: { 'request.decision.order_type': 'limit', 'order.limit_price': '182.40' } })
  expect(settled).toMatchObject({ verdict: 'approve', reason: null })
  expect(settled.decision).toEqual({ qty: '10', order_type: 'limit', limit_price: '182.40', stop_price: null })
  expect(gatesOf(settled)).toEqual([...EARLY_GATES, 'advice-veto', 'advice-policy', 'only-tighter', ...PRE_TRADE])
})

test('settleVerdict() hands an adjusted order on, with the clamp as reason when there was one', () => {
  const settled = settle({ advice: sampleAdjust({ adjusted_order_type: 'limit', limit_price: '182.30' }) })
  expect(settled).toMatchObject({ verdict: 'adjust', reason: null })
  expect(settled.decision).toEqual({ qty: '8', order_type: 'limit', limit_price: '182.30', stop_price: null })
  const clamped = settle({ advice: sampleAdjust({ adjusted_qty: '25' }) })
  expect(clamped).toMatchObject({ verdict: 'adjust', reason: 'llm_adjustment_clamped_max', decision: { qty: '10' } })
})

test('settleVerdict() keeps the stop of an adjusted order', () => {
  const order = { 'request.decision.order_type': 'stop', 'order.stop_price': '190' }
  const policy = { 'request.policy.allowed_order_types': ['stop', 'stop_limit'] }
  const advice = sampleAdjust({ adjusted_order_type: 'stop_limit', limit_price: '191' })
  const settled = settle({ order: { ...order, ...policy }, advice })
  expect(settled.decision).toEqual({ qty: '8', order_type: 'stop_limit', limit_price: '191', stop_price: '190' })
})

test.each<[string, Story, string, string]>([
  ['the size', { order: { 'request.decision.qty': '0' } }, 'order_qty_not_positive', 'order-shape'],
  ['a halt', { controls: sampleControls({ controls: [sampleControl()] }) }, 'new_risk_halted', 'controls'],
  [
    'controls nobody could read',
    { controls: sampleControls({ ageMs: null }), rules: { trading_mode: 'live' } },
    'controls_unreadable',
    'controls',
  ],
  [
    'the missing state',
    { order: { gate_state: null }, rules: { trading_mode: 'live' } },
    'gate_state_missing',
    'gate-state',
  ],
  [
    'the context',
    { order: { 'request.market_context.quality_score': 0.1 }, rules: { 'context.fail_mode': 'fail_closed' } },
    'market_context_quality_low',
    'market-context',
  ],
  ['a halted instrument', { order: { 'gate_state.instrument.halted': true } }, 'instrument_halted', 'instrument-halt'],
])('settleVerdict() denies for %s, lists the gates of the advice when there is one', (_what, story, reason, gate) => {
  const settled = settle(story)
  expect(settled).toMatchObject({ verdict: 'veto', reason, decision: null })
  expect(gatesOf(settled)).toContain(`${gate}!`)
  expect(gatesOf(settled)).toContain('advice-veto')
  const neverAsked = settle({ ...story, advice: null })
  expect(neverAsked).toMatchObject({ verdict: 'veto', reason, decision: null })
  expect(neverAsked.outcomes.map((outcome) => outcome.gate)).toEqual([...EARLY_GATES, ...PRE_TRADE])
})

test('settleVerdict() names the first of several denials', () => {
  const order = { 'request.decision.qty': '0', gate_state: null }
  const settled = settle({ order, rules: { trading_mode: 'live' }, advice: sampleAdvice({ verdict: 'veto' }) })
  expect(settled.reason).toBe('order_qty_not_positive')
  expect(gatesOf(settled).slice(0, 5)).toEqual(['controls', 'order-shape!', 'gate-state!', 'market-context', 'advice-veto!'])
})

test('settleVerdict() denies when nobody advised', () => {
  const settled = settle({ advice: null })
  expect(settled).toMatchObject({ verdict: 'veto', reason: 'advice_missing', decision: null })
  expect(gatesOf(settled)).toEqual([...EARLY_GATES, 'advice-veto!', ...PRE_TRADE])
})

test('settleVerdict() denies a fallback, also one that came with an approve', () => {
  for (const advice of [sampleAdvice(), null]) {
    const settled = settle({ advice, fallbackCause: 'breaker_open' })
    expect(settled).toMatchObject({ verdict: 'veto', reason: 'llm_runtime_fallback', decision: null })
  }
})

test('settleVerdict() lets no fail mode turn a veto, or a mandatory abstain, into an approve', () => {
  const rules = {
    'advice.quality_fail_mode': 'pass_through',
    'advice.abstain_fail_mode': 'pass_through',
    'advice.min_confidence': 1,
  }
  expect(settle({ rules }).reason).toBe('llm_confidence_below_min_fallback_pass_through')
  expect(settle({ rules, advice: sampleAdvice({ verdict: 'veto' }) }).reason).toBe('llm_veto')
  const abstaining = sampleAdvice({ 'committee.roles.policy_judge.verdict': 'abstain' })
  expect(settle({ rules, advice: abstaining }).reason).toBe('llm_committee_mandatory_veto')
})

test("settleVerdict() asks for the program's mandatory members where the trace asks for none", () => {
  const silent = { 'committee.mandatory_roles': [], 'committee.roles.risk_critic.verdict': 'veto' }
  expect(settle({ advice: sampleAdvice(silent) }).reason).toBe('llm_committee_mandatory_veto')
  expect(settle({ advice: sampleAdvice(silent), mandatoryRoles: ['policy_judge'] }).verdict).toBe('approve')
  expect(settle({ advice: sampleAdvice({ committee: null }) }).reason).toBe('llm_committee_mandatory_veto')
})

test('settleVerdict() passes an abstain through in paper by setting and never in live', () => {
  const abstain = { verdict: 'abstain', calibrated_probabilities: probabilitiesFor('abstain') }
  const rules = { 'advice.abstain_fail_mode': 'pass_through' }
  const story = { advice: sampleAdvice(abstain), rules }
  expect(settle(story)).toMatchObject({ verdict: 'approve', reason: 'llm_abstain_fallback_pass_through' })
  const live = { ...rules, trading_mode: 'live' }
  expect(settle({ ...story, rules: live })).toMatchObject({ verdict: 'veto', reason: 'llm_abstain_fallback_veto' })
  const liveRequest = { 'request.trading_mode': 'live' }
  expect(settle({ ...story, order: liveRequest }).verdict).toBe('veto')
})

test('settleVerdict() reports a context block in paper under shadow_only and denies it in live', () => {
  const order = { 'request.market_context.quality_score': 0.1 }
  expect(settle({ order }).verdict).toBe('approve')
  const live = { trading_mode: 'live' }
  expect(settle({ order, rules: live }).reason).toBe('market_context_quality_low')
  const bare = { 'request.market_context': null }
  expect(settle({ order: bare, rules: live }).reason).toBe('market_context_required_missing')
})

test('settleVerdict() vetoes an adjustment below the smallest multiplier of either side', () => {
  expect(settle({ advice: sampleAdjust({ adjusted_qty: '4.99999999' }) }).reason).toBe('llm_adjustment_below_min')
  expect(settle({ advice: sampleAdjust({ adjusted_qty: '5' }) }).verdict).toBe('adjust')
  const caller = { 'request.policy.min_qty_multiplier': '0.9' }
  expect(settle({ advice: sampleAdjust(), order: caller }).reason).toBe('llm_adjustment_below_min')
})

test('settleVerdict() vetoes an order larger or more aggressive than the original, whatever policy would allow', () => {
  const rules = { 'advice.max_qty_multiplier': 1.25 }
  const order = { 'request.policy.max_qty_multiplier': '1.25' }
  const larger = settle({ rules, order, advice: sampleAdjust({ adjusted_qty: '12' }) })
  expect(larger).toMatchObject({ verdict: 'veto', reason: 'adjustment_loosens', decision: null })
  expect(gatesOf(larger)).toContain('only-tighter!')
  const limit = { 'request.decision.order_type': 'limit', 'order.limit_price': '182' }
  expect(settle({ order: limit, advice: sampleAdjust({ limit_price: '182.01' }) }).reason).toBe('adjustment_loosens')
  const toMarket = sampleAdjust({ adjusted_order_type: 'market' })
  expect(settle({ order: limit, advice: toMarket }).reason).toBe('adjustment_loosens')
})

test('settleVerdict() approves a proved exit as it is, against everything else', () => {
  const against: Story = {
    order: { ...EXIT, 'request.market_context': null, 'request.trading_mode': 'live', 'order.limit_price': '180' },
    rules: { trading_mode: 'live' },
    advice: sampleAdvice({ verdict: 'veto' }),
    fallbackCause: 'breaker_open',
    controls: sampleControls({ ageMs: null, controls: [sampleControl()] }),
  }
  const settled = settle(against)
  expect(settled).toMatchObject({ verdict: 'approve', reason: null })
  expect(settled.decision).toEqual({ qty: '10', order_type: 'market', limit_price: '180', stop_price: null })
  expect(gatesOf(settled)).toEqual(['proved-exit'])
  const unproved = settle({ ...against, order: { ...against.order, 'request.decision.qty': '10.00000001' } })
  expect(unproved.verdict).toBe('veto')
})

test('settleVerdict() vetoes evidence with holes instead of throwing', () => {
  const unreadable = { verdict: 'veto', reason: 'evidence_unreadable', decision: null }
  expect(settleVerdict(null as never)).toMatchObject(unreadable)
  expect(settle({ submission: undefined as never })).toMatchObject(unreadable)
  expect(settle({ policy: null as never })).toMatchObject(unreadable)
  expect(settle({ reducing: null as never })).toMatchObject(unreadable)
  const claimed = { reducing: 'yes' } as never
  expect(settle({ reducing: claimed, order: { 'request.decision.qty': '0' } }).verdict).toBe('veto')
  expect(settleVerdict(null as never).outcomes).toEqual([
    { gate: 'order-shape', passed: false, code: 'evidence_unreadable', evidence: {} },
  ])
  for (const outcome of settleVerdict(null as never).outcomes) expect(GateOutcome.parse(outcome)).toEqual(outcome)
})

test('settleVerdict() answers the same for the same evidence and leaves it as it was', () => {
  const advice = sampleAdjust()
  const before = structuredClone(advice)
  expect(settle({ advice })).toEqual(settle({ advice }))
  expect(advice).toEqual(before)
})

test('GATE_ORDER names the gates as they are listed', () => {
  const listed = settle().outcomes.map((outcome) => outcome.gate)
  expect(GATE_ORDER.filter((gate) => gate !== 'proved-exit' && gate !== 'fast-path')).toEqual(listed)
  expect(ENGINE_VERSION).toMatch(/^review-engine-v\d+$/)
})

test('settleVerdict() lets no adjustment bring an order within limits it was beyond', () => {
  const settled = settle({ rules: { 'limits.order_qty': { min: null, max: '9' } }, advice: sampleAdjust() })
  expect(settled).toMatchObject({ verdict: 'veto', reason: 'order_quantity_outside', decision: null })
  expect(gatesOf(settled)).toContain('order-quantity!')
})

test('settleVerdict() judges what the advice made of the order, too', () => {
  const settled = settle({ rules: { 'limits.order_qty': { min: '9', max: '100' } }, advice: sampleAdjust() })
  expect(settled).toMatchObject({ verdict: 'veto', reason: 'order_quantity_outside' })
})

test('settleVerdict() halves an order whose approve is unsure', () => {
  const unsure = sampleAdvice({ 'uncertainty.score': 0.7, 'uncertainty.band': 'low' })
  const settled = settle({ advice: unsure, rules: { 'advice.max_uncertainty': 0.9 } })
  expect(settled).toMatchObject({ verdict: 'adjust', reason: 'regime_degraded', decision: { qty: '5' } })
})

test('settleVerdict() lists every pre-trade gate as unreadable where no facts can be read', () => {
  for (const advice of [sampleAdvice(), sampleAdjust()]) {
    const settled = settle({ advice, rules: { regime: null } })
    expect(settled).toMatchObject({ verdict: 'veto', reason: 'evidence_unreadable', decision: null })
    const listed = [...EARLY_GATES, 'advice-veto', 'advice-policy', ...PRE_TRADE.map((gate) => `${gate}!`)]
    expect(gatesOf(settled)).toEqual(listed)
  }
})

test('settleVerdict() reviews a live request of a paper server as live', () => {
  const order = { 'request.trading_mode': 'live' }
  expect(settle({ order })).toMatchObject({ verdict: 'approve', reason: null })
  expect(settle({ order: { ...order, gate_state: null } }).reason).toBe('gate_state_missing')
})

test('settleVerdict() lists a fallback beside another denial, and never takes it for a skip', () => {
  const fallback = { advice: null, fallbackCause: 'gateway_timeout', llmSkipped: 'fast_path' } as const
  expect(gatesOf(settle(fallback))).toEqual([...EARLY_GATES, 'advice-veto!', ...PRE_TRADE])
  const denied = settle({ ...fallback, llmSkipped: null, order: { 'request.decision.qty': '0' } })
  expect(gatesOf(denied)).toContain('advice-veto!')
})

test('denialBeforeAdvice() names the first denial that needs no advice, as settleVerdict() does', () => {
  const denial = ({ order = {}, rules = {}, ...story }: Story = {}) =>
    denialBeforeAdvice({
      submission: sampleSubmission(order),
      policy: samplePolicy(rules),
      controls: sampleControls(),
      decidedAt: DECIDED_AT,
      stage: 'paper',
      durable: true,
      ...story,
    })
  expect(denial()).toBeNull()
  expect(denial({ order: { 'request.decision.qty': '0', 'gate_state.instrument.halted': true } })).toMatchObject({
    gate: 'order-shape',
    code: 'order_qty_not_positive',
  })
  expect(denial({ order: { 'gate_state.instrument.halted': true } })).toEqual({ gate: 'instrument-halt', code: 'instrument_halted' })
  const bare = { order: { 'request.trading_mode': 'live', gate_state: null } }
  expect(denial(bare)).toMatchObject({ gate: 'gate-state', code: 'gate_state_missing' })
  expect(denial({ order: { gate_state: null } })).toBeNull()
  const unreadable = { gate: 'order-shape', code: 'evidence_unreadable' }
  expect(denialBeforeAdvice(null as never)).toEqual(unreadable)
  expect(denial({ rules: { regime: null } })).toEqual({ gate: 'symbol-match', code: 'evidence_unreadable' })
})
