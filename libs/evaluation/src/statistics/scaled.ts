/** A non-negative number as `mantissa * 2 ** exponent`: products far below the smallest double keep their digits. */
export interface Scaled {
  mantissa: number
  exponent: number
}

export const SCALED_ZERO: Scaled = { mantissa: 0, exponent: 0 }

/** Steps of the exponent. Powers of two are exact, so scaling never rounds. */
const STEP = 256
const STEP_UP = 2 ** STEP
const STEP_DOWN = 2 ** -STEP

/** Brings a mantissa back into the middle of what a double holds. */
export function scaled(mantissa: number, exponent = 0): Scaled {
  if (mantissa === 0) return SCALED_ZERO
  if (mantissa < STEP_DOWN) return scaled(mantissa * STEP_UP, exponent - STEP)
  if (mantissa > STEP_UP) return scaled(mantissa * STEP_DOWN, exponent + STEP)
  return { mantissa, exponent }
}

/** The product of two scaled numbers. */
export function times(left: Scaled, right: Scaled): Scaled {
  return scaled(left.mantissa * right.mantissa, left.exponent + right.exponent)
}

/** The sum of two scaled numbers; the smaller vanishes when it lies beyond the digits of the larger. */
export function plus(left: Scaled, right: Scaled): Scaled {
  if (left.mantissa === 0) return right
  if (right.mantissa === 0) return left
  const [high, low] = left.exponent >= right.exponent ? [left, right] : [right, left]
  const steps = (high.exponent - low.exponent) / STEP
  if (steps > 2) return high
  return scaled(high.mantissa + low.mantissa * STEP_DOWN ** steps, high.exponent)
}

/** `base ** power` for a base from 0 to 1 and a whole power, by squaring: multiplications only. */
export function powerOf(base: number, power: number): Scaled {
  let result = scaled(1)
  let square = scaled(base)
  for (let left = power; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = times(result, square)
    square = times(square, square)
  }
  return result
}

/** As a double; what lies below the smallest one is zero. */
export function toNumber({ mantissa, exponent }: Scaled): number {
  let value = mantissa
  for (let left = exponent; left < 0 && value !== 0; left += STEP) value *= STEP_DOWN
  for (let left = exponent; left > 0; left -= STEP) value *= STEP_UP
  return value
}
