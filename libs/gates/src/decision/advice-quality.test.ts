import { expect, test } from 'vitest'

import type { Changes } from '../testing/samples.ts'
import { sampleAdvice, samplePolicy } from '../testing/samples.ts'
import { qualityReasons } from './advice-quality.ts'

function reasonsAfter(advice: Changes, policy: Changes = {}): string[] {
  return qualityReasons(sampleAdvice(advice), samplePolicy(policy).advice)
}

function withProbabilities(...[approve, veto, adjust, abstain, escalate]: number[]): Changes {
  return { calibrated_probabilities: { approve, veto, adjust, abstain, escalate } }
}

test('qualityReasons() finds nothing in a good advice', () => {
  expect(reasonsAfter({})).toEqual([])
})

test.each([
  [0.46, []],
  [0.45, []],
  [0.449, ['llm_calibrated_probability_below_min']],
])('qualityReasons() judges a top probability of %s', (top, reasons) => {
  expect(reasonsAfter(withProbabilities(top, 0.2, 0.2, 0.1, 0.05))).toEqual(reasons)
})

test('qualityReasons() compares the margin in plain doubles: 0.45 against 0.40 lies below 0.05', () => {
  const below = ['llm_calibrated_probability_margin_below_min']
  expect(reasonsAfter(withProbabilities(0.45, 0.4, 0.05, 0.05, 0.05))).toEqual(below)
  const quarterApart = withProbabilities(0.5, 0.25, 0.25, 0, 0)
  expect(reasonsAfter(quarterApart, { 'advice.min_probability_margin': 0.25 })).toEqual([])
  expect(reasonsAfter(quarterApart, { 'advice.min_probability_margin': 0.26 })).toEqual(below)
})

test.each([
  [0.59, []],
  [0.6, []],
  [0.61, ['llm_uncertainty_score_above_max']],
  [NaN, ['llm_uncertainty_score_above_max']],
  [-0.1, ['llm_uncertainty_score_above_max']],
  [undefined, ['llm_uncertainty_score_above_max']],
])('qualityReasons() judges an uncertainty of %s', (score, reasons) => {
  expect(reasonsAfter({ 'uncertainty.score': score })).toEqual(reasons)
})

test.each([
  ['low', 'low', true],
  ['medium', 'low', false],
  ['medium', 'medium', true],
  ['high', 'medium', false],
  ['high', 'high', true],
  ['extreme', 'high', false],
  ['low', 'unknown', false],
])('qualityReasons() judges band %s against %s: good is %s', (band, max, good) => {
  const reasons = reasonsAfter({ 'uncertainty.band': band }, { 'advice.max_uncertainty_band': max })
  expect(reasons).toEqual(good ? [] : ['llm_uncertainty_band_above_max'])
})

test.each([
  [0.51, true],
  [0.5, true],
  [0.49, false],
  ['0.5', true],
  [' 0.49 ', false],
  ['4.9e-1', false],
  ['49e-02', false],
  ['0e0', false],
  ['0', false],
  ['00.1', false],
  ['.1', false],
  ['.10', false],
  ['+0.1', false],
  ['0x0', true],
  ['  ', true],
  ['', true],
  ['good', true],
  [1.01, true],
  [-0.01, true],
  [true, true],
  [['0.01'], true],
  [null, true],
  [undefined, true],
  [NaN, false],
  [Infinity, false],
])('qualityReasons() judges a calibration quality of %j: good is %s', (quality, good) => {
  const reasons = reasonsAfter({ 'calibration_metadata.quality_score': quality })
  expect(reasons).toEqual(good ? [] : ['llm_calibration_quality_below_min'])
})

test('qualityReasons() reports everything in the stated order', () => {
  const bad: Changes = {
    ...withProbabilities(0.3, 0.29, 0.2, 0.11, 0.1),
    uncertainty: { score: 0.9, band: 'high' },
    'calibration_metadata.quality_score': 0,
  }
  expect(reasonsAfter(bad)).toEqual([
    'llm_calibrated_probability_below_min',
    'llm_calibrated_probability_margin_below_min',
    'llm_uncertainty_score_above_max',
    'llm_uncertainty_band_above_max',
    'llm_calibration_quality_below_min',
  ])
})

test('qualityReasons() trusts no set of probabilities with one that is none', () => {
  expect(reasonsAfter(withProbabilities(0.8, 0.05, 0.05, 0.05, NaN))).toEqual([
    'llm_calibrated_probability_below_min',
    'llm_calibrated_probability_margin_below_min',
  ])
})
