import { lowerBound, upperBound } from '@torghut/evaluation'
import { expect, test } from 'vitest'

import { errorOfRun } from './candidate.ts'
import { checkReproducibility } from './evidence-gates.ts'
import { checkFirstWindow } from './first-window.ts'
import { checkBaselines, checkCalibration, checkNetResult } from './quality-gates.ts'
import { provedAtLeast, provedAtMost } from './share-gate.ts'
import { sampleCandidate, sampleMetrics, samplePolicy, sampleReport, share } from './testing/candidate.ts'

const CLAIM = { gate: 'agreement', name: 'agreement_rate', share: share(59, 59), error: 0.05 }
const codeOf = (outcome: ReturnType<typeof provedAtLeast>) => (outcome.passed ? 'passed' : outcome.code)

test.each([
  [0.05, 0.05],
  [0.02, 0.02],
  [0.0500001, null],
  [0, null],
  [-0.01, null],
  [NaN, null],
  ['0.05', null],
  [null, null],
  [undefined, null],
])('errorOfRun() takes %j for an error of %j', (error, expected) => {
  expect(errorOfRun({ run: 1, policy: { ...samplePolicy(), errors_by_run: [error] as never } })).toBe(expected)
})

test('provedAtLeast() and provedAtMost() pass at a bound that is exactly the limit', () => {
  const low = lowerBound(59, 59, 0.05) ?? NaN
  expect(provedAtLeast(CLAIM, low).passed).toBe(true)
  expect(provedAtLeast(CLAIM, low + 1e-9).passed).toBe(false)
  const high = upperBound(0, 59, 0.05) ?? NaN
  expect(provedAtMost({ ...CLAIM, share: share(0, 59) }, high).passed).toBe(true)
  expect(provedAtMost({ ...CLAIM, share: share(0, 59) }, high - 1e-9).passed).toBe(false)
})

test('provedAtLeast() and provedAtMost() find nothing proved by no rows, whatever the limit', () => {
  const none = { ...CLAIM, share: share(0, 0) }
  expect([provedAtLeast(none, 0), provedAtMost(none, 1)].map(codeOf)).toEqual(['not_enough_evidence', 'not_enough_evidence'])
})

test('provedAtLeast() and provedAtMost() name the hole in a claim', () => {
  for (const odd of [{ hits: -1, rows: 9, bound: 0 }, { hits: 9, rows: 8, bound: 0 }, { hits: 0.5, rows: 9, bound: 0 }]) {
    const claim = { ...CLAIM, share: odd }
    expect([provedAtLeast(claim, 0.5), provedAtMost(claim, 0.5)].map(codeOf)).toEqual(['agreement_rate_missing', 'agreement_rate_missing'])
  }
  const spent = { ...CLAIM, error: 0 }
  expect([provedAtLeast(spent, 0.5), provedAtMost(spent, 0.5)].map(codeOf)).toEqual(['error_missing', 'error_missing'])
  const unlimited = [provedAtLeast(CLAIM, 1.1), provedAtMost(CLAIM, -0.1)].map(codeOf)
  expect(unlimited).toEqual(['agreement_rate_threshold_missing', 'agreement_rate_threshold_missing'])
})

test('provedAtLeast() and provedAtMost() tell a share exactly on the limit from one beyond it', () => {
  const half = { ...CLAIM, share: share(30, 60) }
  expect([provedAtLeast(half, 0.5), provedAtMost(half, 0.5)].map(codeOf)).toEqual(['not_enough_evidence', 'not_enough_evidence'])
  const codes = [provedAtLeast(half, 0.51), provedAtMost(half, 0.49)].map(codeOf)
  expect(codes).toEqual(['agreement_rate_below_min', 'agreement_rate_above_max'])
})

test.each([
  [0, 0.6, 'passed'],
  [0.6, 0.6, 'passed'],
  [0.6000001, 0.6, 'brier_above_max'],
  [-0.1, 0.6, 'brier_above_max'],
  [null, 0.6, 'brier_above_max'],
  ['0.3', 0.6, 'brier_above_max'],
  [0.3, '0.6', 'brier_above_max'],
  [0, null, 'brier_above_max'],
])('checkCalibration() of a Brier score up to %j of %j: %s', (high, max, code) => {
  const calibration = { ...sampleMetrics().calibration, brier: { value: 0.3, high } } as never
  const policy = { ...samplePolicy(), calibration: { ...samplePolicy().calibration, brier_max: max as never } }
  expect(codeOf(checkCalibration(sampleCandidate({ report: sampleReport({ ...sampleMetrics(), calibration }), policy })))).toBe(code)
})

test('checkNetResult() may be asked for no loss at all', () => {
  const policy = { ...samplePolicy(), comparison: { ...samplePolicy().comparison, net_loss_max: 0 } }
  const gained = (low: number) => {
    const all = sampleMetrics()
    const baselines = all.baselines.map((baseline) => ({ ...baseline, net_gain: { pairs: 9, mean: 0, low, high: 1 } }))
    return checkNetResult(sampleCandidate({ policy, report: sampleReport({ ...all, baselines }) }))
  }
  expect([gained(0), gained(-0.0001)].map(codeOf)).toEqual(['passed', 'net_result_unproved'])
})

test('checkFirstWindow() takes a proof of exactly the most that is allowed for none of more', () => {
  const max = lowerBound(1, 40) ?? NaN
  const policy = { ...samplePolicy().first_window, timeout_and_fallback_max: max }
  expect(codeOf(checkFirstWindow({ failed: 1, reviews: 40, elapsedSeconds: 60 }, policy))).toBe('not_enough_evidence')
  expect(codeOf(checkFirstWindow({ failed: 2, reviews: 40, elapsedSeconds: 60 }, policy))).toBe('first_window_breached')
})

test.each([`${'a'.repeat(64)}b`, `x${'a'.repeat(64)}`, 'A'.repeat(64), ''])('checkReproducibility() takes %s for no hash', (hash) => {
  const hashes = { artifact: hash, compiled: hash, replayed: hash }
  expect(codeOf(checkReproducibility(sampleCandidate({ hashes })))).toBe('deterministic_required_keys_missing')
})

test('checkBaselines() wants one baseline even where the policy names none', () => {
  const policy = { ...samplePolicy(), comparison: { ...samplePolicy().comparison, baselines: [] } }
  const report = sampleReport({ ...sampleMetrics(), baselines: [] })
  expect(codeOf(checkBaselines(sampleCandidate({ policy, report })))).toBe('baseline_missing')
})
