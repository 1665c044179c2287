import fc from 'fast-check'
import { expect, test } from 'vitest'

import { centsToDecimal, ratioUnits, toDecimal, unitsToDecimal } from './decimals.ts'

const WIRE_DECIMAL = /^-?\d{1,20}(\.\d{1,8})?$/

test('unitsToDecimal() writes units exactly, without needless zeros', () => {
  expect(unitsToDecimal(0n)).toBe('0')
  expect(unitsToDecimal(1n)).toBe('0.00000001')
  expect(unitsToDecimal(-1n)).toBe('-0.00000001')
  expect(unitsToDecimal(-150_000_000n)).toBe('-1.5')
  expect(unitsToDecimal(1_000_000_000n)).toBe('10')
})

test('ratioUnits() rounds half away from zero on both sides', () => {
  expect(ratioUnits(1n, 200_000_000n)).toBe(1n)
  expect(ratioUnits(-1n, 200_000_000n)).toBe(-1n)
  expect(ratioUnits(1n, 200_000_001n)).toBe(0n)
  expect(ratioUnits(1n, 3n)).toBe(33_333_333n)
  expect(ratioUnits(-2n, 3n)).toBe(-66_666_667n)
})

test('toDecimal() writes what the wire accepts, never "-0" or an exponent', () => {
  expect(toDecimal(-0.000000001)).toBe('0')
  expect(toDecimal(1e-7)).toBe('0.0000001')
  expect(centsToDecimal(145520)).toBe('1455.2')
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), fc.integer({ min: 0, max: 8 }), (value, places) => {
      expect(toDecimal(value, places)).toMatch(WIRE_DECIMAL)
      expect(toDecimal(value, places)).not.toBe('-0')
    }),
  )
})
