import { expect, test } from 'vitest'

import { sampleSubmission } from '../testing/sample-reviews.ts'
import { noModelAnswer, staticMomentumAnswer } from './baselines.ts'

const NO_LABELS = { feedback: null, gates: null, realised: null, counterfactual: null }

test('noModelAnswer() lets through what no gate denied', () => {
  expect(noModelAnswer({ labels: NO_LABELS }).advice).toBe('approve')
  const gates = { class: 'veto', code: 'symbol_restricted', known_at: '2026-02-27T15:31:02Z' } as const
  expect(noModelAnswer({ labels: { ...NO_LABELS, gates } }).advice).toBe('veto')
})

test.each([
  ['buy', 0.01, 'approve'],
  ['buy', -0.01, 'veto'],
  ['buy', 0, 'veto'],
  ['sell', -0.01, 'approve'],
  ['sell', 0.01, 'veto'],
  ['sell', null, 'veto'],
  ['buy', '0.01', 'veto'],
  ['buy', NaN, 'veto'],
] as const)('staticMomentumAnswer() of a %s with a trend of %s: %s', (action, trend, advice) => {
  const input = sampleSubmission()
  input.request.market_context!.domains.regime.payload = { trend }
  expect(staticMomentumAnswer({ action, input }).advice).toBe(advice)
  input.request.market_context = null
  expect(staticMomentumAnswer({ action, input }).advice).toBe('veto')
})
