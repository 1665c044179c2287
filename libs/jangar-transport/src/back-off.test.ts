import { expect, test } from 'vitest'

import { backOffMs } from './back-off.ts'

const limits = { backOffMs: 250, backOffMaxMs: 900 }

test('backOffMs() doubles up to its cap', () => {
  expect([1, 2, 3, 60].map((attempt) => backOffMs(attempt, limits, 0))).toEqual([250, 500, 900, 900])
})

test('backOffMs() takes at most half away as jitter', () => {
  expect(backOffMs(1, limits, 0.5)).toBe(187.5)
  expect(backOffMs(1, limits, 1)).toBe(125)
})
