import { expect, test } from 'vitest'

import { readDecimal, readPositiveDecimal } from './decimal.ts'
import { readInstantSeconds } from './instant.ts'
import { isShare, isShareAtLeast, isShareAtMost } from './share.ts'

test.each(['0.1', '-12.50', '0', '99999999999999999999.12345678'])('readDecimal() reads %s exactly', (text) => {
  expect(readDecimal(text)?.eq(text)).toBe(true)
})

const NO_DECIMALS = [1, NaN, null, undefined, '', ' 1', '1e3', '1e999999999', 'NaN', 'Infinity', '0x1', {}, ['1']]

test.each([...NO_DECIMALS, '1.123456789', '1'.repeat(21)])('readDecimal() refuses %j', (value) => {
  expect(readDecimal(value)).toBeNull()
})

test('readPositiveDecimal() refuses zero and what lies below', () => {
  expect(readPositiveDecimal('0.00000001')?.toFixed()).toBe('0.00000001')
  expect(['0', '-0', '0.00000000', '-0.00000001'].map(readPositiveDecimal)).toEqual([null, null, null, null])
})

test('readInstantSeconds() keeps every digit of the fraction and reads any zone', () => {
  expect(readInstantSeconds('1970-01-01T00:01:00Z')?.toFixed()).toBe('60')
  expect(readInstantSeconds('1970-01-01T00:01:00.0004001Z')?.toFixed()).toBe('60.0004001')
  expect(readInstantSeconds('1970-01-01T01:01:00+01:00')?.toFixed()).toBe('60')
  expect(readInstantSeconds('1969-12-31T23:59:59.25Z')?.toFixed()).toBe('-0.75')
})

test.each([0, null, undefined, '', 'now', '2026-02-27', '2026-02-27T15:31:00', '2026-13-01T00:00:00Z', {}])(
  'readInstantSeconds() refuses %j',
  (value) => {
    expect(readInstantSeconds(value)).toBeNull()
  },
)

test('isShare() takes 0 to 1 and nothing else', () => {
  expect([0, 0.5, 1].every(isShare)).toBe(true)
  expect([-0.01, 1.01, NaN, Infinity, '0.5', null, undefined].some(isShare)).toBe(false)
})

test('isShareAtLeast() and isShareAtMost() hold on the limit and fail for what is no share', () => {
  expect([isShareAtLeast(0.5, 0.5), isShareAtLeast(0.49, 0.5), isShareAtLeast(0.51, 0.5)]).toEqual([true, false, true])
  expect([isShareAtMost(0.5, 0.5), isShareAtMost(0.49, 0.5), isShareAtMost(0.51, 0.5)]).toEqual([true, true, false])
  for (const odd of [NaN, null, undefined, '0.5']) {
    expect([isShareAtLeast(odd, 0), isShareAtLeast(1, odd), isShareAtMost(odd, 1), isShareAtMost(0, odd)]).toEqual(
      [false, false, false, false],
    )
  }
})
