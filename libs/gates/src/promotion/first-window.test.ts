import { expect, test } from 'vitest'

import { checkFirstWindow } from './first-window.ts'
import { samplePolicy } from './testing/candidate.ts'

const POLICY = samplePolicy().first_window

test.each([
  [0, 0, 0, 'not_enough_evidence'],
  [3, 10, 60, 'first_window_breached'],
  [2, 10, 60, 'not_enough_evidence'],
  [10, 200, 3599, 'not_enough_evidence'],
  [10, 200, 3600, 'passed'],
  [11, 200, 3600, 'first_window_breached'],
  [0, 199, 90_000, 'not_enough_evidence'],
  [30, 200, 10, 'first_window_breached'],
  [5, 4, 10, 'first_window_missing'],
  [NaN, 200, 3600, 'first_window_missing'],
  [0, 200, Infinity, 'first_window_missing'],
])('checkFirstWindow() of %d failed in %d reviews after %d s: %s', (failed, reviews, elapsedSeconds, code) => {
  const outcome = checkFirstWindow({ failed, reviews, elapsedSeconds }, POLICY)
  expect(outcome.passed ? 'passed' : outcome.code).toBe(code)
})

test('checkFirstWindow() knows no ceiling above 5 % and passes nothing without one', () => {
  const window = { failed: 11, reviews: 200, elapsedSeconds: 3600 }
  expect(checkFirstWindow(window, { ...POLICY, timeout_and_fallback_max: 0.5 })).toMatchObject({
    passed: false,
    evidence: { max: 0.05 },
  })
  for (const max of [NaN, null, undefined]) {
    const outcome = checkFirstWindow({ ...window, failed: 0 }, { ...POLICY, timeout_and_fallback_max: max as never })
    expect(outcome).toMatchObject({ passed: false, code: 'first_window_threshold_missing' })
  }
})
