import { labelClass } from '@torghut/contracts'
import type { JudgedMetrics, NetScore } from '@torghut/contracts'

import type { EvalRow, RowAnswer, RowResult } from './eval-row.ts'

/**
 * What following an advice earns of a trade's result: all of it, none, or the part an adjustment lets through. No
 * advice earns nothing, since the trade is vetoed.
 */
export function netTaken({ advice, sizeMultiplier }: RowAnswer, { net }: RowResult): number {
  const taken = advice === null ? 'veto' : labelClass(advice)
  if (taken === 'veto') return 0
  return taken === 'approve' ? net : net * sizeMultiplier
}

/**
 * Mean net result of following the advice, and its regret: what always being right had earned more. Null without
 * results.
 */
export function netScoreOf(rows: Iterable<RowAnswer & { result: RowResult | null }>): NetScore | null {
  let [count, taken, best] = [0, 0, 0]
  for (const row of rows) {
    if (row.result === null || !Number.isFinite(row.result.net)) continue
    count += 1
    taken += netTaken(row, row.result)
    best += Math.max(0, row.result.net)
  }
  return count === 0 ? null : { rows: count, mean: taken / count, regret: Math.max(0, best - taken) / count }
}

/** Net scores of trades that were made, of trades that were not, and of both. */
export function netScoresOf(rows: readonly EvalRow[]): JudgedMetrics['net'] {
  const ofKind = (kind: RowResult['kind']) => netScoreOf(rows.filter(({ result }) => result?.kind === kind))
  return { realised: ofKind('realised'), counterfactual: ofKind('counterfactual'), together: netScoreOf(rows) }
}
