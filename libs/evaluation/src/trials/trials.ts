import { sampleVariance } from 'simple-statistics'

import { deflatedSharpe, sharpeRatio } from '../statistics/deflated-sharpe.ts'
import { overfittingProbability } from '../statistics/overfitting.ts'

/** One run that tried variants on some rows: a compile, an experiment, an evaluation. */
export interface TrialRun {
  runId: string
  /** Which data were looked at; runs on the same data add up. */
  rowsHash: string
  trials: number
}

/**
 * How many variants were ever tried on these rows, this run included: the count behind every honest p-value. A run that
 * is told twice counts once. Throws `RangeError` for a count that is none.
 */
export function countTrials(rowsHash: string, runs: Iterable<TrialRun>): number {
  const counted = new Map<string, number>()
  for (const run of runs) {
    if (!Number.isSafeInteger(run.trials) || run.trials < 1)
      throw new RangeError(`Run "${run.runId}" tried ${run.trials} variants`)
    if (run.rowsHash === rowsHash) counted.set(run.runId, Math.max(run.trials, counted.get(run.runId) ?? 0))
  }
  return [...counted.values()].reduce((sum, trials) => sum + trials, 0)
}

/** How far the candidate's net results are from what luck would show, given the variants that were tried. */
export interface SelectionHonesty {
  trials: number
  deflated_sharpe: number | null
  overfitting_probability: number | null
}

/**
 * Deflated Sharpe ratio and probability of overfitting of the chosen variant. `variants` holds the net results of every
 * variant whose results were kept, in time order, the chosen one first; `trials` counts all that were ever tried. Null
 * where the evidence does not allow a number.
 */
export function selectionHonesty(variants: readonly (readonly number[])[], trials: number): SelectionHonesty {
  return {
    trials,
    deflated_sharpe: chosenDeflatedSharpe(variants, trials),
    overfitting_probability: overfittingProbability(variants),
  }
}

function chosenDeflatedSharpe(variants: readonly (readonly number[])[], trials: number): number | null {
  const [chosen] = variants
  const sharpe = chosen === undefined ? null : sharpeRatio(chosen)
  if (chosen === undefined || sharpe === null) return null
  const others = variants.map(sharpeRatio).filter((ratio) => ratio !== null)
  // One variant says nothing about how far luck spreads them, so more trials than that cannot be judged.
  if (trials > 1 && others.length < 2) return null
  const trialVariance = others.length < 2 ? 0 : sampleVariance(others)
  const { skewness, kurtosis } = moments(chosen)
  return deflatedSharpe({ sharpe, observations: chosen.length, skewness, kurtosis, trials, trialVariance })
}

/** Third and fourth standardised moments; a normal has 0 and 3. */
function moments(values: readonly number[]): { skewness: number; kurtosis: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const power = (exponent: number) => values.reduce((sum, value) => sum + (value - mean) ** exponent, 0) / values.length
  const variance = power(2)
  return { skewness: power(3) / variance ** 1.5, kurtosis: power(4) / variance ** 2 }
}
