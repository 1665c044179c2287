import { AdvicePolicy, ReviewAdvice } from '@torghut/contracts'
import type { OrderType } from '@torghut/contracts'
import { describe, expect, test } from 'vitest'

import type { Changes } from '../testing/samples.ts'
import { sampleAdjust, sampleAdvice, samplePolicy } from '../testing/samples.ts'
import { haveVectors, policyCases } from '../testing/vectors.ts'
import type { AdjustableOrder } from './adjustment.ts'
import { applyAdvicePolicy, defaultOrderTypes } from './advice-policy.ts'

const ORDER: AdjustableOrder = { qty: '10', orderType: 'market', limitPrice: null }
const OPEN: Changes = {
  'advice.abstain_fail_mode': 'pass_through',
  'advice.escalate_fail_mode': 'pass_through',
  'advice.quality_fail_mode': 'pass_through',
}

/** `verdict reason` of an advice under a policy; the order is the sample's. */
function ruling(advice: ReviewAdvice, policy: Changes = {}): string {
  const { verdict, reason } = applyAdvicePolicy(advice, ORDER, samplePolicy(policy).advice, { belowMinimum: 'clamp' })
  return `${verdict} ${reason ?? '-'}`
}

test('applyAdvicePolicy() approves a good approve with the order as it was', () => {
  expect(applyAdvicePolicy(sampleAdvice(), ORDER, samplePolicy().advice, { belowMinimum: 'clamp' })).toEqual({
    verdict: 'approve',
    reason: null,
    guardrailReasons: null,
    ...ORDER,
  })
})

test.each([
  ['abstain', 'llm_abstain_fallback'],
  ['escalate', 'llm_escalate_fallback'],
])('applyAdvicePolicy() settles %s by its own fail mode', (verdict, reason) => {
  expect(ruling(sampleAdvice({ verdict }))).toBe(`veto ${reason}_veto`)
  expect(ruling(sampleAdvice({ verdict }), OPEN)).toBe(`approve ${reason}_pass_through`)
  expect(ruling(sampleAdvice({ verdict }), { [`advice.${verdict}_fail_mode`]: 'anything' })).toBe(`veto ${reason}_veto`)
})

test('applyAdvicePolicy() settles poor quality by the quality fail mode and reports it beside an abstain', () => {
  const poor = { 'uncertainty.score': 0.61 }
  expect(ruling(sampleAdvice(poor))).toBe('veto llm_uncertainty_guardrail_fallback_veto')
  expect(ruling(sampleAdvice(poor), OPEN)).toBe('approve llm_uncertainty_guardrail_fallback_pass_through')
  const abstain = sampleAdvice({ ...poor, verdict: 'abstain' })
  const decision = applyAdvicePolicy(abstain, ORDER, samplePolicy().advice, { belowMinimum: 'clamp' })
  expect(decision.guardrailReasons).toEqual(['llm_uncertainty_score_above_max'])
})

test.each([
  [0.51, 'approve -'],
  [0.5, 'approve -'],
  [0.49, 'veto llm_confidence_below_min_fallback_veto'],
  [NaN, 'veto llm_confidence_below_min_fallback_veto'],
  [Infinity, 'veto llm_confidence_below_min_fallback_veto'],
  [undefined, 'veto llm_confidence_below_min_fallback_veto'],
])('applyAdvicePolicy() judges a confidence of %s', (confidence, expected) => {
  expect(ruling(sampleAdvice({ confidence }))).toBe(expected)
})

test('applyAdvicePolicy() knows six required checks', () => {
  const known = ['execution_policy', 'risk_engine', 'order_firewall', 'portfolio_sizing', 'market_context']
  expect(ruling(sampleAdvice({ required_checks: [...known, 'autonomy_policy_checks'] }))).toBe('approve -')
  const unknown = 'veto llm_required_checks_invalid'
  expect(ruling(sampleAdvice({ required_checks: [...known, 'human_signoff'] }))).toBe(unknown)
})

test('applyAdvicePolicy() lets a mandatory member veto, missing or not', () => {
  const vetoed = 'veto llm_committee_mandatory_veto'
  expect(ruling(sampleAdvice({ 'committee.roles.risk_critic.verdict': 'veto' }))).toBe(vetoed)
  expect(ruling(sampleAdvice({ 'committee.roles.policy_judge': undefined }))).toBe(vetoed)
  expect(ruling(sampleAdvice({ 'committee.roles.researcher.verdict': 'veto' }))).toBe('approve -')
  expect(ruling(sampleAdvice({ committee: null }))).toBe('approve -')
})

test('applyAdvicePolicy() reads the rows in order: the first that matches gives the reason', () => {
  const faults: Changes = {
    verdict: 'abstain',
    'uncertainty.score': 1,
    confidence: 0,
    required_checks: ['human_signoff'],
    'committee.roles.risk_critic.verdict': 'veto',
  }
  const repairs: Changes[] = [
    {},
    { verdict: 'escalate' },
    { verdict: 'veto' },
    { 'uncertainty.score': 0 },
    { confidence: 1 },
    { required_checks: [] },
    { 'committee.roles.risk_critic.verdict': 'approve' },
    { verdict: 'approve' },
  ]
  const rulings = repairs.map((repair) => ruling(sampleAdvice(Object.assign(faults, repair))))
  expect(rulings).toEqual([
    'veto llm_abstain_fallback_veto',
    'veto llm_escalate_fallback_veto',
    'veto llm_uncertainty_guardrail_fallback_veto',
    'veto llm_confidence_below_min_fallback_veto',
    'veto llm_required_checks_invalid',
    'veto llm_committee_mandatory_veto',
    'veto llm_veto',
    'approve -',
  ])
})

test('applyAdvicePolicy() vetoes a verdict it does not know and advice it cannot read', () => {
  expect(ruling(sampleAdvice({ verdict: 'APPROVE' }))).toBe('veto llm_veto')
  expect(ruling(sampleAdvice({ required_checks: undefined }))).toBe('veto llm_advice_unreadable')
  expect(ruling(sampleAdvice({ committee: undefined }))).toBe('veto llm_advice_unreadable')
  expect(ruling(null as never)).toBe('veto llm_advice_unreadable')
})

test('applyAdvicePolicy() hands an adjustment on and keeps the original order when it is refused', () => {
  const adjust = (policy: Changes) =>
    applyAdvicePolicy(sampleAdjust(), ORDER, samplePolicy(policy).advice, { belowMinimum: 'clamp' })
  expect(adjust({})).toMatchObject({ verdict: 'adjust', reason: null, qty: '8' })
  expect(adjust({ 'advice.adjustment_allowed': false })).toMatchObject({
    verdict: 'veto',
    reason: 'llm_adjustment_disallowed',
    qty: '10',
  })
})

test('applyAdvicePolicy() allows the stated order types, else those of the contract', () => {
  const toLimit = sampleAdjust({ adjusted_order_type: 'limit', limit_price: '180' })
  const { advice } = samplePolicy()
  const stated = applyAdvicePolicy(toLimit, ORDER, advice, { belowMinimum: 'clamp', allowedOrderTypes: ['market'] })
  expect(stated.reason).toBe('llm_adjustment_order_type_not_allowed')
  expect(applyAdvicePolicy(toLimit, ORDER, advice, { belowMinimum: 'clamp' }).orderType).toBe('limit')
})

test.each<[OrderType, OrderType[]]>([
  ['market', ['limit', 'market']],
  ['limit', ['limit', 'market']],
  ['stop', ['stop']],
  ['stop_limit', ['stop_limit']],
])('defaultOrderTypes() lets a %s order end as %s', (type, expected) => {
  expect(defaultOrderTypes(type)).toEqual(expected)
})

describe.skipIf(!haveVectors())('shared vectors', () => {
  const cases = policyCases<unknown>()

  test('there are some', () => {
    expect(cases.length).toBeGreaterThanOrEqual(6)
  })

  test.each(cases)('applyAdvicePolicy() answers $title as expected', ({ vector, settings, expected }) => {
    const decision = vector.context?.decision as { qty: string; order_type: OrderType; limit_price: string | null }
    const order = { qty: decision.qty, orderType: decision.order_type, limitPrice: decision.limit_price }
    const advice = ReviewAdvice.parse(vector.response)
    const ruled = applyAdvicePolicy(advice, order, AdvicePolicy.parse(settings), { belowMinimum: 'clamp' })
    expect({
      verdict: ruled.verdict,
      reason: ruled.reason,
      guardrail_reasons: ruled.guardrailReasons,
      qty: ruled.qty,
      order_type: ruled.orderType,
      limit_price: ruled.limitPrice,
    }).toEqual(expected)
  })
})
