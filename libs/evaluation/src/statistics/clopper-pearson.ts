import { binomialAtLeast, binomialAtMost } from './binomial.ts'

/** Share of samples whose one-sided bound may miss the truth (design rule: exact 95 %). */
export const BOUND_ERROR = 0.05

/** More rows than anybody will collect: a share that needs more is not proved at all. */
const ROWS_MAX = 10_000_000

/** Halvings of [0, 1]: one more would not move a double any more. */
const HALVINGS = 54

/**
 * Lower end of the one-sided exact interval of a share (Clopper and Pearson, Biometrika 26, 1934): the largest p at
 * which this many hits or more would still be a surprise of at most `error`. Rounded down. Null without rows.
 */
export function lowerBound(hits: number, rows: number, error = BOUND_ERROR): number | null {
  if (rows === 0) return null
  if (hits === 0) return 0
  return bisect((p) => binomialAtLeast(hits, rows, p) <= error).below
}

/** Upper end, rounded up: the smallest p at which this few hits would be such a surprise. Null without rows. */
export function upperBound(hits: number, rows: number, error = BOUND_ERROR): number | null {
  if (rows === 0) return null
  if (hits === rows) return 1
  return bisect((p) => binomialAtMost(hits, rows, p) > error).above
}

/**
 * How many rows without one more miss would lift the lower bound of a share to `min`: what to tell somebody whose
 * evidence is too thin. 0 when it is there already; null when the bound is not met within `rowsMax` rows.
 */
export function rowsMissing(
  misses: number,
  rows: number,
  min: number,
  rowsMax = ROWS_MAX,
  error = BOUND_ERROR,
): number | null {
  const isEnough = (total: number) => misses <= total && binomialAtMost(misses, total, 1 - min) <= error
  if (isEnough(rows)) return 0
  if (!isEnough(rowsMax)) return null
  let [few, enough] = [rows, rowsMax]
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2)
    if (isEnough(middle)) enough = middle
    else few = middle
  }
  return enough - rows
}

/** The two neighbours around the point where a test that holds near 0 stops to hold. */
function bisect(holds: (p: number) => boolean): { below: number; above: number } {
  let [below, above] = [0, 1]
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (below + above) / 2
    if (holds(middle)) below = middle
    else above = middle
  }
  return { below, above }
}
