import { BaselineName } from '@torghut/contracts'
import type { JudgedMetrics } from '@torghut/contracts'

import { namedStream } from '../random/random-stream.ts'
import { calibrationOf } from './calibration.ts'
import { compareWith } from './compare.ts'
import type { EvalRow } from './eval-row.ts'
import { latencyOf } from './latency.ts'
import { netScoresOf } from './net.ts'
import { scoresOf } from './row-scores.ts'

/** What scoring needs beside the rows. */
export interface ScoringRule {
  latencyLimitMs: number
  /** Names the random numbers of the intervals: same rows and seed, same report. */
  seed: string
}

/** Every number of an evaluation over some rows, void ones left out. */
export function judgedMetrics(given: readonly EvalRow[], { latencyLimitMs, seed }: ScoringRule): JudgedMetrics {
  const rows = given.filter(({ isVoid }) => !isVoid)
  return {
    rows: rows.length,
    scores: scoresOf(rows),
    calibration: calibrationOf(rows, namedStream(seed, 'calibration')),
    latency: latencyOf(rows, latencyLimitMs),
    net: netScoresOf(rows),
    by_regime: Object.fromEntries(slices(rows, ({ regime }) => regime)),
    by_symbol: slices(rows, ({ symbol }) => symbol).map(([symbol, slice]) => ({ symbol, ...slice })),
    baselines: BaselineName.options.flatMap(
      (name) => compareWith(name, rows, namedStream(seed, 'baseline', name)) ?? [],
    ),
  }
}

/** The rows of each name and their scores, in order of name. */
function slices<Name extends string>(rows: readonly EvalRow[], nameOf: (row: EvalRow) => Name) {
  const parts = new Map<Name, EvalRow[]>()
  for (const row of rows) {
    const part = parts.get(nameOf(row))
    if (part === undefined) parts.set(nameOf(row), [row])
    else part.push(row)
  }
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([name, part]) => [name, { rows: part.length, scores: scoresOf(part) }] as const)
}
