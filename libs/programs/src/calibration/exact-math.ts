/**
 * Exponential and logarithm from additions, multiplications, divisions and square roots alone. IEEE 754 fixes those to
 * the last bit and leaves `Math.exp` and `Math.log` to the engine, so a table fitted with these is the same everywhere.
 */

/** The argument is divided by 2^10 first, where 12 terms of the series reach double precision. */
const HALVINGS = 10
const EXP_TERMS = 12

/** Terms of the arctanh series; after the roots below its argument is at most 0.0014. */
const LOG_TERMS = 6

/** e to the power of `x`, within 1e-12 of its size for |x| up to 50. */
export function exactExp(x: number): number {
  const small = x / 2 ** HALVINGS
  let term = 1
  let sum = 1
  for (let n = 1; n <= EXP_TERMS; n += 1) {
    term = (term * small) / n
    sum += term
  }
  for (let squared = 0; squared < HALVINGS; squared += 1) sum *= sum
  return sum
}

/** The natural logarithm of `x` above 0, within 1e-11 for x between 1e-6 and 1e6. */
export function exactLog(x: number): number {
  let root = x
  for (let halved = 0; halved < HALVINGS; halved += 1) root = Math.sqrt(root)
  const ratio = (root - 1) / (root + 1)
  let power = ratio
  let sum = 0
  for (let n = 0; n < LOG_TERMS; n += 1) {
    sum += power / (2 * n + 1)
    power *= ratio * ratio
  }
  return 2 * sum * 2 ** HALVINGS
}

/** 1 / (1 + e^-x), without overflow. */
export function exactSigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exactExp(-Math.min(x, 50)))
  const power = exactExp(Math.max(x, -50))
  return power / (1 + power)
}
