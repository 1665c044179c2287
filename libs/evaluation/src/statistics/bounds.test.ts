import fc from 'fast-check'
import { expect, test } from 'vitest'

import { binomialAtLeast, binomialAtMost } from './binomial.ts'
import { lowerBound, rowsMissing, upperBound } from './clopper-pearson.ts'

/** The exact sum over big integers, for a probability of `parts` in `whole`. */
function exactAtMost(hits: number, rows: number, parts: bigint, whole: bigint): number {
  let [choose, sum] = [1n, 0n]
  for (let count = 0; count <= hits; count += 1) {
    sum += choose * parts ** BigInt(count) * (whole - parts) ** BigInt(rows - count)
    choose = (choose * BigInt(rows - count)) / BigInt(count + 1)
  }
  const digits = 10n ** 18n
  return Number((sum * digits) / whole ** BigInt(rows)) / 1e18
}

test('binomialAtMost() agrees with exact integers', () => {
  const sizes = fc.integer({ min: 1, max: 400 })
  fc.assert(
    fc.property(sizes, fc.nat(400), fc.integer({ min: 1, max: 999 }), (rows, most, parts) => {
      const hits = Math.min(most, rows)
      const exact = exactAtMost(hits, rows, BigInt(parts), 1000n)
      expect(Math.abs(binomialAtMost(hits, rows, parts / 1000) - exact)).toBeLessThan(1e-12 + exact * 1e-10)
    }),
    { numRuns: 200 },
  )
})

test('binomialAtLeast() keeps the digits of a tail far too small to be the rest of one', () => {
  expect(binomialAtLeast(40, 40, 0.1)).toBeCloseTo(1e-40, 50)
  expect(binomialAtMost(0, 10_000, 0.5)).toBe(0)
  expect(binomialAtMost(500_000, 1_000_000, 0.5)).toBeCloseTo(0.5, 3)
})

test.each([
  [-1, 10, 0.5],
  [11, 10, 0.5],
  [1, 10, 1.1],
  [1, 10, NaN],
  [1.5, 10, 0.5],
])('binomialAtMost() refuses %d hits of %d at %d', (hits, rows, p) => {
  expect(() => binomialAtMost(hits, rows, p)).toThrow(RangeError)
})

test.each([
  [0, 598],
  [1, 947],
  [2, 1258],
  [4, 1829],
])('lowerBound() of %d misses reaches 99.5 %% with %d rows and not with one row less', (misses, rows) => {
  expect(lowerBound(rows - misses, rows)).toBeGreaterThanOrEqual(0.995)
  expect(lowerBound(rows - 1 - misses, rows - 1)).toBeLessThan(0.995)
  expect(rowsMissing(misses, rows, 0.995)).toBe(0)
  expect(rowsMissing(misses, rows - 10, 0.995)).toBe(10)
})

test('lowerBound() and upperBound() mirror each other and are null without rows', () => {
  expect([lowerBound(0, 0), upperBound(0, 0)]).toEqual([null, null])
  expect([lowerBound(0, 20), upperBound(20, 20)]).toEqual([0, 1])
  // Zero hits of n: the upper end solves (1 - p) ** n = 0.05.
  expect(upperBound(0, 59)).toBeCloseTo(1 - 0.05 ** (1 / 59), 12)
  for (const hits of [1, 7, 33]) expect(lowerBound(hits, 40)).toBeCloseTo(1 - (upperBound(40 - hits, 40) ?? 0), 12)
})

test('lowerBound() misses the truth in at most one of twenty samples, whatever the truth', () => {
  for (const p of [0.01, 0.3, 0.77, 0.995]) {
    const rows = 60
    let missed = 0
    for (let hits = 0; hits <= rows; hits += 1) {
      const chance = binomialAtMost(hits, rows, p) - (hits === 0 ? 0 : binomialAtMost(hits - 1, rows, p))
      if ((lowerBound(hits, rows) ?? 0) > p) missed += chance
    }
    expect(missed).toBeLessThanOrEqual(0.05 + 1e-12)
  }
})

test('rowsMissing() is null when no number of rows will do', () => {
  expect(rowsMissing(50, 100, 0.995, 1000)).toBeNull()
  expect(rowsMissing(3, 0, 1)).toBeNull()
})
