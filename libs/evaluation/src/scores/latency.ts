import type { JudgedMetrics } from '@torghut/contracts'

import type { EvalRow } from './eval-row.ts'
import { Share } from './row-scores.ts'

/**
 * How long answers took, fallbacks included, so that a fast refusal does not flatter the rest by its absence. `within`
 * counts the rows that took at most the limit: the 95th percentile is proved to meet it when that share's lower end
 * reaches 95 %. A time that is not finite lies within no limit.
 */
export function latencyOf(rows: Iterable<Pick<EvalRow, 'latencyMs'>>, limitMs: number): JudgedMetrics['latency'] {
  const within = new Share()
  const taken: number[] = []
  for (const { latencyMs } of rows) {
    if (latencyMs === null) continue
    within.count(latencyMs <= limitMs)
    taken.push(latencyMs)
  }
  const sorted = Float64Array.from(taken).sort()
  return {
    rows: taken.length,
    p50_ms: nearestRank(sorted, 0.5),
    p95_ms: nearestRank(sorted, 0.95),
    within: within.atLeast(),
  }
}

/**
 * The smallest value that at least this share of the values does not exceed; null without values or when it is no
 * number.
 */
export function nearestRank(sorted: Float64Array, share: number): number | null {
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  return value !== undefined && Number.isFinite(value) ? value : null
}
