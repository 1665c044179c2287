import { plus, powerOf, scaled, times, toNumber } from './scaled.ts'
import type { Scaled } from './scaled.ts'

/**
 * P(X ≤ hits) of a binomial with `rows` trials of probability `p`. Additions, multiplications and divisions only, so
 * every engine computes the same double; a gate may decide on it. Throws `RangeError` for counts that are none.
 */
export function binomialAtMost(hits: number, rows: number, p: number): number {
  requireCounts(hits, rows, p)
  if (hits >= rows || p === 0) return 1
  if (p === 1) return 0
  return Math.min(1, toNumber(sumOfTerms(hits, rows, p)))
}

/** P(X ≥ hits), by counting the misses, so that a small tail is not the rest of a large one. */
export function binomialAtLeast(hits: number, rows: number, p: number): number {
  requireCounts(hits, rows, p)
  return binomialAtMost(rows - hits, rows, 1 - p)
}

/** Terms 0 to `hits`, each from the one before it. */
function sumOfTerms(hits: number, rows: number, p: number): Scaled {
  const odds = p / (1 - p)
  let term = powerOf(1 - p, rows)
  let sum = term
  for (let count = 1; count <= hits; count += 1) {
    term = times(term, scaled(((rows - count + 1) / count) * odds))
    sum = plus(sum, term)
  }
  return sum
}

function requireCounts(hits: number, rows: number, p: number): void {
  const whole = Number.isSafeInteger(hits) && Number.isSafeInteger(rows)
  if (whole && hits >= 0 && hits <= rows && p >= 0 && p <= 1) return
  throw new RangeError(`No binomial has ${hits} hits of ${rows} at probability ${p}`)
}
