import { Decimal } from '@torghut/contracts'
import Big from 'big.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { runs } from '../testing/property-settings.ts'
import { formatUnits, larger, magnitude, readDecimal, readPositiveDecimal, readPositiveUnits, readUnits, smaller } from './decimal.ts'
import { formatSeconds, readInstant } from './instant.ts'
import { isShare, isShareAtLeast, isShareAtMost } from './share.ts'

test.each(['0.1', '-12.50', '0', '99999999999999999999.12345678'])('readDecimal() reads %s exactly', (text) => {
  expect(readDecimal(text)?.eq(text)).toBe(true)
})

const NO_DECIMALS = [1, NaN, null, undefined, '', ' 1', '1e3', '1e999999999', 'NaN', 'Infinity', '0x1', '1.', '.5', '-', '-.5', '--1', '1.2.3', {}, ['1']]

test.each([...NO_DECIMALS, '1.123456789', '1'.repeat(21)])('readDecimal() refuses %j', (value) => {
  expect(readDecimal(value)).toBeNull()
})

test('readPositiveDecimal() refuses zero and what lies below', () => {
  expect(readPositiveDecimal('0.00000001')?.toFixed()).toBe('0.00000001')
  expect(['0', '-0', '0.00000000', '-0.00000001'].map(readPositiveDecimal)).toEqual([null, null, null, null])
})

test.each(['0', '-0', '7.5', '-12.50', '182.41', '9999999.12345678', '10000000.1', '99999999999999999999.12345678'])(
  'readUnits() reads %s to the last digit and formatUnits() writes it back',
  (text) => {
    const units = readUnits(text)
    expect(units).toBe(BigInt(new Big(text).times(1e8).toFixed()))
    expect(formatUnits(units ?? 1n)).toBe(new Big(text).toFixed().replace(/^-0$/, '0'))
  },
)

test('readUnits() takes exactly what the wire takes as a decimal', () => {
  const almost = fc.stringMatching(/^-?[0-9.e]{0,24}$/)
  const written = fc.tuple(fc.bigInt({ min: -(10n ** 28n), max: 10n ** 28n })).map(([units]) => formatUnits(units))
  fc.assert(
    fc.property(fc.oneof(almost, written, fc.string(), fc.anything()), (value) => {
      expect(readUnits(value) !== null).toBe(typeof value === 'string' && Decimal.safeParse(value).success)
    }),
    runs(3_000),
  )
})

test('readPositiveUnits() refuses zero and what lies below', () => {
  expect(['0.00000001', '0', '-0', '-0.00000001'].map(readPositiveUnits)).toEqual([1n, null, null, null])
})

test('larger(), smaller() and magnitude() compare units', () => {
  expect([larger(1n, 2n), larger(2n, 1n), larger(-1n, 0n), larger(3n, 3n)]).toEqual([2n, 2n, 0n, 3n])
  expect([smaller(1n, 2n), smaller(2n, 1n), smaller(-1n, 0n), smaller(3n, 3n)]).toEqual([1n, 1n, -1n, 3n])
  expect([magnitude(-3n), magnitude(0n), magnitude(3n)]).toEqual([3n, 0n, 3n])
})

test('readInstant() keeps every digit of the fraction and reads any zone', () => {
  const seconds = (text: string) => formatSeconds(readInstant(text) ?? 0n)
  expect(seconds('1970-01-01T00:01:00Z')).toBe('60')
  expect(seconds('1970-01-01T00:01:00.0004001Z')).toBe('60.0004001')
  expect(seconds('1970-01-01T01:01:00.5+01:00')).toBe('60.5')
  expect(seconds('1970-01-01T01:01:00+01:00')).toBe('60')
  expect(seconds('1969-12-31T23:59:59.25Z')).toBe('-0.75')
  expect(seconds('0001-01-01T00:00:00.000000001Z')).toBe('-62135596799.999999999')
})

const NO_INSTANTS = [
  ...[0, null, undefined, {}, ['2026-02-27T15:31:00Z']],
  ...['', 'now', '2026-02-27', '2026-02-27T15:31:00', '2026-13-01T00:00:00Z', ' 2026-02-27T15:31:00Z'],
  ...['2026-02-27T15:31:00.Z', '2026-02-27T15:31:00.1234567890Z', '2026-02-27T15:31:00Z-05:00'],
  '2026-02-27T15:31:002026-02-27T15:31:00Z',
]

test.each(NO_INSTANTS)(
  'readInstant() refuses %j',
  (value) => {
    expect(readInstant(value)).toBeNull()
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
