import Big from 'big.js'

const MINUS = 45
const POINT = 46
const ZERO = 48

/** Digits after the point a decimal may have; units count in the last of them. */
const FRACTION_DIGITS_MAX = 8
const WHOLE_DIGITS_MAX = 20
/** So many digits, point left out, are an exact double. */
const SAFE_DIGITS = 15

/** Units of one: all arithmetic of the gates is on whole hundred-millionths, so it is exact. */
export const UNITS_PER_ONE = 100_000_000n

/**
 * The exact value of a decimal string, or null for anything else. The wire's own grammar is the test, so no exponent
 * gets in: "1e999999" would be a valid Big whose printed form fills the memory.
 */
export function readDecimal(value: unknown): Big | null {
  return readUnits(value) === null ? null : new Big(value as string)
}

/** Same, and above zero. */
export function readPositiveDecimal(value: unknown): Big | null {
  const decimal = readDecimal(value)
  return decimal !== null && decimal.gt(0) ? decimal : null
}

/**
 * The same value in hundred-millionths, by reading its digits: gates read some thirty decimals a review, and a schema
 * or a Big for each would be most of what a review allocates.
 */
export function readUnits(value: unknown): bigint | null {
  if (typeof value !== 'string') return null
  const start = value.charCodeAt(0) === MINUS ? 1 : 0
  const point = value.indexOf('.', start)
  const wholeEnd = point === -1 ? value.length : point
  const fractionDigits = point === -1 ? 0 : value.length - point - 1
  if (wholeEnd === start || wholeEnd - start > WHOLE_DIGITS_MAX) return null
  if (point !== -1 && (fractionDigits === 0 || fractionDigits > FRACTION_DIGITS_MAX)) return null
  if (!isDigits(value, start, wholeEnd) || !isDigits(value, wholeEnd + 1, value.length)) return null
  const units = joinUnits(value, { start, wholeEnd, fractionDigits })
  return start === 1 ? -units : units
}

/** Same, and above zero. */
export function readPositiveUnits(value: unknown): bigint | null {
  const units = readUnits(value)
  // Stryker disable next-line ConditionalExpression: no unit is null or below, so what nobody read fails the next test, too
  if (units === null) return null
  return units > 0n ? units : null
}

/** The larger of two numbers of units. */
export function larger(one: bigint, other: bigint): bigint {
  // Stryker disable next-line EqualityOperator: of two equal numbers either is the larger
  return one > other ? one : other
}

/** The smaller of two numbers of units. */
export function smaller(one: bigint, other: bigint): bigint {
  return larger(one, other) === one ? other : one
}

/** Units without their sign. */
export function magnitude(units: bigint): bigint {
  return larger(units, -units)
}

/** The shortest decimal of so many units, as a `Decimal` is written. */
export function formatUnits(units: bigint, fractionDigits = FRACTION_DIGITS_MAX): string {
  const digits = magnitude(units).toString().padStart(fractionDigits + 1, '0')
  const whole = digits.slice(0, digits.length - fractionDigits)
  const fraction = digits.slice(digits.length - fractionDigits).replace(/0+$/, '')
  const sign = units < 0n ? '-' : ''
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`
}

function isDigits(text: string, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) {
    const code = text.charCodeAt(index)
    if (!(code >= ZERO && code <= ZERO + 9)) return false
  }
  return true
}

function joinUnits(text: string, at: { start: number; wholeEnd: number; fractionDigits: number }): bigint {
  const { start, wholeEnd, fractionDigits } = at
  const scale = 10 ** (FRACTION_DIGITS_MAX - fractionDigits)
  // Stryker disable next-line ConditionalExpression,EqualityOperator,ArithmeticOperator,BlockStatement: the long way reads the same, only slower
  if (wholeEnd - start + FRACTION_DIGITS_MAX <= SAFE_DIGITS) {
    let units = 0
    for (let index = start; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code !== POINT) units = units * 10 + (code - ZERO)
    }
    return BigInt(units * scale)
  }
  const whole = BigInt(text.slice(start, wholeEnd)) * UNITS_PER_ONE
  return whole + BigInt(Number(text.slice(wholeEnd + 1)) * scale)
}
