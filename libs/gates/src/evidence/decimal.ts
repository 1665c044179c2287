import Big from 'big.js'

import { Decimal } from '@torghut/contracts'

/**
 * The exact value of a decimal string, or null for anything else. The wire's own pattern is the test, so no exponent
 * gets in: "1e999999" would be a valid Big whose printed form fills the memory.
 */
export function readDecimal(value: unknown): Big | null {
  const parsed = Decimal.safeParse(value)
  return parsed.success ? new Big(parsed.data) : null
}

/** Same, and above zero. */
export function readPositiveDecimal(value: unknown): Big | null {
  const decimal = readDecimal(value)
  return decimal !== null && decimal.gt(0) ? decimal : null
}
