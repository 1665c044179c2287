import { mean, sampleStandardDeviation } from 'simple-statistics'

import { normalCdf, normalQuantile } from './normal.ts'

/** Euler's constant, in the expected maximum of normal draws. */
const EULER_MASCHERONI = 0.5772156649015329

/** What a Sharpe ratio is judged with. Ratios are per observation, not annual; kurtosis of a normal is 3. */
export interface SharpeEvidence {
  sharpe: number
  observations: number
  skewness: number
  kurtosis: number
  /** How many variants were tried on these data, over all runs. */
  trials: number
  /** Variance of the Sharpe ratios of those variants, per observation. */
  trialVariance: number
}

/** The Sharpe ratio the best of so many worthless variants is expected to show (Bailey and López de Prado 2014). */
export function expectedMaximumSharpe(trials: number, trialVariance: number): number {
  if (trials <= 1) return 0
  const best = normalQuantile(1 - 1 / trials)
  const next = normalQuantile(1 - 1 / (trials * Math.E))
  return Math.sqrt(trialVariance) * ((1 - EULER_MASCHERONI) * best + EULER_MASCHERONI * next)
}

/**
 * Probability that the true Sharpe ratio is above zero, given how many variants were tried, how short the sample is
 * and how far its returns are from normal: the deflated Sharpe ratio (Bailey and López de Prado, "The Deflated Sharpe
 * Ratio", 2014). To six places; null when the evidence does not allow one.
 */
export function deflatedSharpe(evidence: SharpeEvidence): number | null {
  const { sharpe, observations, skewness, kurtosis, trials, trialVariance } = evidence
  if (!Object.values(evidence).every(Number.isFinite) || observations < 2 || trials < 1 || trialVariance < 0)
    return null
  const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe
  if (!(spread > 0)) return null
  const excess = sharpe - expectedMaximumSharpe(trials, trialVariance)
  const probability = normalCdf((excess * Math.sqrt(observations - 1)) / Math.sqrt(spread))
  return Number(probability.toFixed(6))
}

/** Sharpe ratio per observation of a series of returns; null when nothing varies. */
export function sharpeRatio(returns: readonly number[]): number | null {
  if (returns.length < 2 || !returns.every(Number.isFinite)) return null
  // Rounding gives equal returns a deviation of 1e-17, and with it a ratio no strategy ever had.
  if (returns.every((value) => value === returns[0])) return null
  const deviation = sampleStandardDeviation([...returns])
  return deviation > 0 ? mean([...returns]) / deviation : null
}
