import { errorFunction } from 'simple-statistics'

/** Widest argument looked at: beyond eight deviations the error function is 1 to its last digit. */
const DEVIATIONS_MAX = 8

/** Cumulative distribution of the standard normal, to about eight digits. */
export function normalCdf(x: number): number {
  return 0.5 * (1 + errorFunction(x / Math.SQRT2))
}

/** Its inverse, by halving: the library's own is good to two digits only. */
export function normalQuantile(p: number): number {
  let [low, high] = [-DEVIATIONS_MAX, DEVIATIONS_MAX]
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
