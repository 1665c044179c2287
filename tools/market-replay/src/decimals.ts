/** Fractions are counted in units of 1e-8, the finest decimal the wire allows, so sums are exact. */
export const UNITS_PER_ONE = 100_000_000n

/** Writes whole cents as a decimal of dollars or index points: 145522 is "1455.22". */
export function centsToDecimal(cents: number): string {
  return trimZeros((cents / 100).toFixed(2))
}

/** Writes a finite number with at most `places` (8 or fewer) digits after the point, without an exponent or "-0". */
export function toDecimal(value: number, places = 8): string {
  return trimZeros(value.toFixed(places))
}

/** Writes a count of 1e-8 units exactly. */
export function unitsToDecimal(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(9, '0')
  const text = trimZeros(`${digits.slice(0, -8)}.${digits.slice(-8)}`)
  return units < 0n ? `-${text}` : text
}

/** `a / b` in 1e-8 units, rounded half away from zero; `b` above zero. */
export function ratioUnits(a: bigint, b: bigint): bigint {
  const scaled = (a < 0n ? -a : a) * UNITS_PER_ONE
  const rounded = (2n * scaled + b) / (2n * b)
  return a < 0n ? -rounded : rounded
}

function trimZeros(text: string): string {
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return trimmed === '-0' ? '0' : trimmed
}
