import { expect, test } from 'vitest'

import { ceilMs, compareInstants, floorMs, latestInstant } from './instants.ts'

test.each([
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 0],
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', 0],
  ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.500Z', 0],
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000001Z', -1],
  ['2026-01-01T00:00:00.49Z', '2026-01-01T00:00:00.5Z', -1],
  ['2026-01-01T00:00:10Z', '2026-01-01T00:00:09.9Z', 1],
  ['2026-01-01T00:00:00.9Z', '2026-01-01T00:00:01Z', -1],
  ['0999-01-01T00:00:00Z', '2026-01-01T00:00:00Z', -1],
])('compareInstants() of %s and %s is %d', (left, right, order) => {
  expect(compareInstants(left, right)).toBe(order)
  expect(compareInstants(right, left) + order).toBe(0)
})

test('ceilMs() and floorMs() differ where a millisecond is not whole', () => {
  const ms = Date.parse('2026-01-01T00:00:00.123Z')
  expect([floorMs('2026-01-01T00:00:00.1235Z'), ceilMs('2026-01-01T00:00:00.1235Z')]).toEqual([ms, ms + 1])
  expect([ceilMs('2026-01-01T00:00:00.123Z'), ceilMs('2026-01-01T00:00:00.123000Z')]).toEqual([ms, ms])
  expect(() => floorMs('soon')).toThrow(RangeError)
})

test('latestInstant() is the last of them, and none of none', () => {
  expect(latestInstant(['2026-01-01T00:00:00.2Z', '2026-01-01T00:00:00.10Z'])).toBe('2026-01-01T00:00:00.2Z')
  expect(latestInstant([])).toBeNull()
})
