import { UncodableDecimalError } from '../errors.ts'

/** Places a probability is written with; the contract's decimals have at most as many. */
const FRACTION_DIGITS_MAX = 8

/** One letter a position; 28 positions need two letters more than the small alphabet has. */
const POSITIONS = 'abcdefghijklmnopqrstuvwxyzAB'

/** The contract's decimal without a sign: at most 20 digits before the point and 8 after it, leading zeros apart. */
const PLAIN = /^0*(\d{1,20})(?:\.(\d{1,8}))?$/
const CODE = /^(\d{1,2})\.(\d):((?:[a-zAB]\d)+)$/

/**
 * Writes a decimal of zero or more so that losing or repeating a piece shows: "182.30" becomes `3.2:a1b8c2d3e0`, three
 * digits before the point, two after it, each behind the letter of its place. Throws `UncodableDecimalError`.
 */
export function encodeDecimal(text: string): string {
  const match = PLAIN.exec(text)
  const [, integer = '', fraction = ''] = match ?? []
  if (match === null) throw new UncodableDecimalError(text)
  const digits = Array.from(integer + fraction)
  const pairs = digits.map((digit, at) => `${POSITIONS.charAt(at)}${digit}`)
  return `${integer.length}.${fraction.length}:${pairs.join('')}`
}

/** Reads a code back to the decimal it was made from; null for anything `encodeDecimal` would not have written. */
export function decodeDecimal(code: string): string | null {
  const match = CODE.exec(code)
  if (match === null) return null
  const [, integerCount = '', , pairs = ''] = match
  const digits = pairs.replace(/[a-zAB]/g, '')
  const integer = digits.slice(0, Number(integerCount))
  const fraction = digits.slice(Number(integerCount))
  const text = fraction === '' ? integer : `${integer}.${fraction}`
  return PLAIN.test(text) && encodeDecimal(text) === code ? text : null
}

/** A finite number of zero or more as decimal text of at most 8 places: what a probability looks like before coding. */
export function decimalText(value: number): string {
  return value.toFixed(FRACTION_DIGITS_MAX).replace(/\.?0+$/, '')
}
