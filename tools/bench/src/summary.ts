import { max, median, min } from 'simple-statistics'

import type { Measurement, Unit } from './bench.ts'

export interface Spread {
  median: number
  lowest: number
  highest: number
}

export interface SummaryRow {
  what: string
  unit: Unit
  value: Spread
  /** How many times the baseline, computed in each round; null where nothing is compared. */
  ratio: (Spread & { to: string }) | null
}

/** Median and spread over the rounds. A ratio compares figures of the same round, so that a slow minute cancels out. */
export function summarise(measurements: readonly Measurement[]): SummaryRow[] {
  return measurements.map(({ what, unit, rounds, against }) => {
    const baseline = measurements.find((other) => other.what === against)
    const value = spreadOf(rounds)
    if (baseline === undefined) return { what, unit, value, ratio: null }
    const ratios = rounds.map((figure, round) => figure / (baseline.rounds[round] ?? NaN))
    return { what, unit, value, ratio: { ...spreadOf(ratios), to: baseline.what } }
  })
}

function spreadOf(rounds: readonly number[]): Spread {
  const values = [...rounds]
  return { median: median(values), lowest: min(values), highest: max(values) }
}
