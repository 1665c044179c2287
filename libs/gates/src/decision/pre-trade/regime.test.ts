import type { CompactRegime, RegimeAction, RegimePolicy } from '@torghut/contracts'
import { examplePolicyFile } from '@torghut/contracts/testing'
import { expect, test } from 'vitest'

import { sampleFacts } from '../../testing/pre-trade.ts'
import { sampleAdvice } from '../../testing/samples.ts'
import { PRE_TRADE_GATES } from './pre-trade-gates.ts'
import { regimeAction } from './regime.ts'

const POLICY: RegimePolicy = { ...examplePolicyFile().regime, missing: 'degrade', states: { R5: 'abstain', R4: 'degrade' } }

function block(changes: Partial<CompactRegime> = {}): CompactRegime {
  const calm = { regime_id: 'R2', entropy_band: 'low', predicted_next: 'R2', artifact_version: 'v1', guardrail_reason: null } as const
  return { ...calm, ...changes }
}

test.each<[string, CompactRegime | null, RegimeAction]>([
  ['a named, calm regime', block(), 'pass'],
  ['no regime', null, 'degrade'],
  ['a state the policy degrades', block({ regime_id: 'R4' }), 'degrade'],
  ['a state the policy abstains in', block({ regime_id: 'R5' }), 'abstain'],
  ['an id nobody stands behind', block({ regime_id: 'unknown' }), 'abstain'],
  ['an id of two digits', block({ regime_id: 'R12' }), 'pass'],
  ['an id that only ends well', block({ regime_id: 'XR2' }), 'abstain'],
  ['an id that only begins well', block({ regime_id: 'R2b' }), 'abstain'],
  ['a guarded model', block({ guardrail_reason: 'transition_shock' }), 'abstain'],
  ['high entropy', block({ entropy_band: 'high' }), 'degrade'],
  ['high entropy in an abstaining state', block({ entropy_band: 'high', regime_id: 'R5' }), 'abstain'],
  ['a band nobody knows', block({ entropy_band: 'calm' as never }), 'fail'],
  ['a state of the prototype', block({ regime_id: 'constructor' }), 'abstain'],
])('regimeAction() for %s', (_what, regime, action) => {
  expect(regimeAction(regime, null, POLICY)).toBe(action)
})

test.each<[unknown, RegimeAction]>([
  [0.6, 'pass'],
  [0.6000001, 'degrade'],
  [0.8, 'degrade'],
  [0.8000001, 'abstain'],
  [0.95, 'abstain'],
  [0.9500001, 'fail'],
  [NaN, 'fail'],
  [null, 'fail'],
])('regimeAction() for an uncertainty of %s: %s', (score, action) => {
  expect(regimeAction(block(), sampleAdvice({ 'uncertainty.score': score }), POLICY)).toBe(action)
})

test('regimeAction() takes a threshold that is none for one that is passed', () => {
  const uncertainty = { degrade_above: NaN, abstain_above: 0.8, fail_above: 0.95 }
  expect(regimeAction(block(), sampleAdvice(), { ...POLICY, uncertainty })).toBe('degrade')
  expect(regimeAction(block(), sampleAdvice(), { ...POLICY, uncertainty: null })).toBe('pass')
})

test('regimeAction() fails where the policy names an action nobody knows', () => {
  const odd = { ...POLICY, states: { R2: 'wait' as never }, missing: undefined as never }
  expect(regimeAction(block(), null, odd)).toBe('fail')
  expect(regimeAction(null, null, odd)).toBe('fail')
})

test('the gate of the regime cannot judge an action nobody knows', () => {
  const gate = PRE_TRADE_GATES.find(({ about }) => about.gate === 'regime')
  expect(gate?.judge({ ...sampleFacts(), regime: 'wait' as never })).toBe('unreadable')
})
