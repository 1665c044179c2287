import type { RandomStream } from '../random/random-stream.ts'
import { binomialAtMost } from './binomial.ts'

/** A mean difference and the interval its resamples fill. */
export interface PairedInterval {
  pairs: number
  mean: number
  low: number
  high: number
}

/** Resamples behind an interval: its ends then move by well below a hundredth of its width. Many pairs get fewer. */
const RESAMPLES = 10_000
const RESAMPLES_MIN = 1_000

/** Draws spent on one interval, so that a report over thousands of rows stays a matter of seconds. */
const DRAWS = 4_000_000

/**
 * Percentile bootstrap of the mean of paired differences (Efron and Tibshirani 1993, chapter 13), two-sided at `level`.
 * Null with fewer than two pairs or a difference that is not finite: no interval is better than a made-up one.
 */
export function pairedBootstrap(
  differences: readonly number[],
  stream: RandomStream,
  options: { level?: number; resamples?: number } = {},
): PairedInterval | null {
  const pairs = differences.length
  const { level = 0.95, resamples = Math.max(RESAMPLES_MIN, Math.min(RESAMPLES, Math.floor(DRAWS / pairs))) } = options
  if (pairs < 2 || !differences.every(Number.isFinite)) return null
  const means = Float64Array.from({ length: resamples }, () => resampledMean(differences, stream)).sort()
  const tail = (1 - level) / 2
  const at = (share: number) => means[Math.min(resamples - 1, Math.floor(share * resamples))] as number
  return { pairs, mean: mean(differences), low: at(tail), high: at(1 - tail) }
}

/**
 * Exact two-sided McNemar test: the probability of a split of the discordant pairs at least this uneven when both
 * sides are equally good (McNemar 1947, in its binomial form). 1 when no pair is discordant.
 */
export function mcNemar(onlyFirstRight: number, onlySecondRight: number): number {
  const discordant = onlyFirstRight + onlySecondRight
  if (discordant === 0) return 1
  return Math.min(1, 2 * binomialAtMost(Math.min(onlyFirstRight, onlySecondRight), discordant, 0.5))
}

/** The mean of as many values, drawn with replacement. */
export function resampledMean(values: readonly number[], stream: RandomStream): number {
  let sum = 0
  for (let draw = 0; draw < values.length; draw += 1) sum += values[stream.nextBelow(values.length)] as number
  return sum / values.length
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
