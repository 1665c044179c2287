import fc from 'fast-check'
import { expect, test } from 'vitest'

import { UncodableDecimalError } from '../errors.ts'
import { collapses, deletions } from '../testing/damage.ts'
import { decimalText, decodeDecimal, encodeDecimal } from './decimal-code.ts'

test.each([
  ['182.30', '3.2:a1b8c2d3e0'],
  ['0.64', '1.2:a0b6c4'],
  ['100', '3.0:a1b0c0'],
  ['0', '1.0:a0'],
  ['12345678901234567890.12345678', '20.8:a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z6A7B8'],
])('encodeDecimal() and decodeDecimal() agree that %s travels as %s', (text, code) => {
  expect(encodeDecimal(text)).toBe(code)
  expect(decodeDecimal(code)).toBe(text)
})

test('encodeDecimal() drops leading zeros and keeps trailing ones', () => {
  expect(encodeDecimal('007.50')).toBe('1.2:a7b5c0')
  expect(encodeDecimal('000')).toBe('1.0:a0')
})

test.each(['', '-1', '1e3', '.5', '5.', '1.123456789', '1'.repeat(21), 'NaN', ' 1', '1\n'])(
  'encodeDecimal() refuses "%s"',
  (text) => {
    expect(() => encodeDecimal(text)).toThrow(UncodableDecimalError)
  },
)

test.each([
  ['letters that do not start at a', '1.0:b1'],
  ['a gap in the letters', '2.0:a1c0'],
  ['letters out of order', '2.0:b1a0'],
  ['a count that is too small', '1.0:a1b0'],
  ['a count that is too large', '3.0:a1b0'],
  ['a leading zero', '2.0:a0b1'],
  ['a leading zero in a count', '02.0:a1b0'],
  ['no digit before the point', '0.2:a6b4'],
  ['21 digits', `21.0:${Array.from('abcdefghijklmnopqrstu', (letter) => `${letter}1`).join('')}`],
  ['9 decimals', '1.9:a0b1c2d3e4f5g6h7i8j9'],
  ['plain text', '0.64'],
  ['white space', ' 1.0:a1'],
  ['a line feed at the end', '1.0:a1\n'],
  ['nothing', ''],
])('decodeDecimal() refuses %s', (_name, code) => {
  expect(decodeDecimal(code)).toBeNull()
})

const HUNDREDTHS = Array.from({ length: 101 }, (_, index) => (index / 100).toFixed(2))
const WHOLE = Array.from({ length: 2000 }, (_, index) => String(index + 1))

test('decodeDecimal() refuses whatever losing repeated pieces makes of a code, however often', () => {
  for (const text of [...HUNDREDTHS, ...WHOLE, '11111111111', '11111111111.11', '99999999999999999999.99999999']) {
    expect(survivors(text, collapses(encodeDecimal(text)))).toEqual([])
  }
})

test('decodeDecimal() refuses whatever losing 1 to 5 neighbours makes of a code', () => {
  for (const text of [...HUNDREDTHS, ...WHOLE]) expect(survivors(text, deletions(encodeDecimal(text), 5))).toEqual([])
})

test('decodeDecimal() refuses damaged codes of every length a decimal can have', () => {
  const digits = (max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: max })
  fc.assert(
    fc.property(digits(20), fc.option(digits(8), { nil: '' }), (integer, fraction) => {
      const text = `${BigInt(integer)}${fraction === '' ? '' : `.${fraction}`}`
      const code = encodeDecimal(text)
      expect(decodeDecimal(code)).toBe(text)
      expect(survivors(text, collapses(code))).toEqual([])
      expect(survivors(text, deletions(code, 5))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('decodeDecimal() reads no text but the one encodeDecimal() writes', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'0123456789.:abcAB'), maxLength: 12 })
  fc.assert(
    fc.property(noise, (code) => {
      const text = decodeDecimal(code)
      expect(text === null || encodeDecimal(text) === code).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('decimalText() writes probabilities in full, without an exponent', () => {
  expect([0, 1, 0.64, 1e-7, 0.1 + 0.2, 100].map(decimalText)).toEqual(['0', '1', '0.64', '0.0000001', '0.3', '100'])
})

function survivors(text: string, damaged: Iterable<string>): string[] {
  return [...damaged].filter((code) => decodeDecimal(code) !== null && decodeDecimal(code) !== text)
}
