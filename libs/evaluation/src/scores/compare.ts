import type { BaselineName, JudgedMetrics } from '@torghut/contracts'

import type { RandomStream } from '../random/random-stream.ts'
import { mcNemar, pairedBootstrap } from '../statistics/paired.ts'
import type { EvalRow, RowAnswer } from './eval-row.ts'
import { netScoreOf, netTaken } from './net.ts'
import { isAgreement, scoresOf } from './row-scores.ts'

type Comparison = JudgedMetrics['baselines'][number]
type Pair = EvalRow & { baseline: RowAnswer }

/**
 * The candidate beside a baseline, on the rows both answered: the baseline's own scores, and the paired difference of
 * agreement and of net result with their 95 % bootstrap intervals and the exact McNemar test. Null when the baseline
 * did not answer every row: a comparison on chosen rows is none.
 */
export function compareWith(name: BaselineName, rows: readonly EvalRow[], stream: RandomStream): Comparison | null {
  const pairs = rows.flatMap((row): Pair[] => {
    const baseline = row.baselines[name]
    return baseline === undefined ? [] : [{ ...row, baseline }]
  })
  if (pairs.length === 0 || pairs.length < rows.length) return null
  const baselineRows = pairs.map((row) => ({ ...row, ...row.baseline, firstAnswerValid: null, fallbackCause: null }))
  const [onlyCandidate, onlyBaseline] = discordant(pairs)
  const netPairs = pairs.flatMap((row) =>
    row.result === null ? [] : [netTaken(row, row.result) - netTaken(row.baseline, row.result)],
  )
  return {
    name,
    scores: scoresOf(baselineRows),
    net: netScoreOf(baselineRows),
    agreement_gain: pairedBootstrap(pairs.map(agreementGain), stream),
    agreement_p_value: mcNemar(onlyCandidate, onlyBaseline),
    net_gain: pairedBootstrap(netPairs, stream),
  }
}

function agreementGain(row: Pair): number {
  return Number(isAgreement(row)) - Number(isAgreement({ ...row.baseline, label: row.label }))
}

function discordant(pairs: readonly Pair[]): [number, number] {
  const gains = pairs.map(agreementGain)
  return [gains.filter((gain) => gain > 0).length, gains.filter((gain) => gain < 0).length]
}
