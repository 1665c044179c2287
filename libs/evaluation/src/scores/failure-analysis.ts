import { labelClass } from '@torghut/contracts'
import type { FailureAnalysis, FailureKind } from '@torghut/contracts'

import type { EvalRow } from './eval-row.ts'
import { netTaken } from './net.ts'
import { isAgreement } from './row-scores.ts'

/** Failed rows listed; the rest is counted, and every row is stored anyway. */
const WORST_MAX = 100

interface FailedRow {
  row: EvalRow
  kinds: FailureKind[]
  regret: number | null
}

/** How the rows of an evaluation failed, and the ones that cost most; same rows, same bytes. */
export function failureAnalysis(rows: readonly EvalRow[], artifactHash: string): FailureAnalysis {
  const failed = rows.flatMap((row): FailedRow[] => {
    const kinds = failureKinds(row)
    return kinds.length === 0 ? [] : [{ row, kinds, regret: regretOf(row) }]
  })
  const scored = rows.filter(({ isVoid }) => !isVoid)
  return {
    schema_version: 'torghut.failure-analysis.v1',
    artifact_hash: artifactHash,
    rows: rows.length,
    failed_rows: failed.length,
    by_kind: countBy(failed.flatMap(({ kinds }) => kinds)),
    by_cause: countBy(scored.flatMap(({ fallbackCause }) => fallbackCause ?? [])),
    by_regime: countBy(failed.map(({ row }) => row.regime)),
    confusion: confusionOf(scored),
    worst: [...failed].sort(byRegret).slice(0, WORST_MAX).map(listed),
  }
}

/** Every way in which a row is wrong; a lost row is nothing but lost. */
export function failureKinds(row: EvalRow): FailureKind[] {
  if (row.isVoid) return ['void']
  const answered = row.advice === null ? null : labelClass(row.advice)
  const isRight = isAgreement(row)
  const kinds: [FailureKind, boolean][] = [
    ['fallback', row.fallbackCause !== null],
    ['invalid_first_answer', row.firstAnswerValid === false],
    ['missed_veto', row.label === 'veto' && answered !== 'veto'],
    ['false_veto', row.label === 'approve' && (answered === 'veto' || answered === null)],
  ]
  const found = kinds.filter(([, applies]) => applies).map(([kind]) => kind)
  const isTold = found.includes('missed_veto') || found.includes('false_veto')
  return isRight || isTold ? found : [...found, 'other_disagreement']
}

function regretOf(row: EvalRow): number | null {
  if (row.result === null || !Number.isFinite(row.result.net)) return null
  return Math.max(0, Math.max(0, row.result.net) - netTaken(row, row.result))
}

function byRegret(a: FailedRow, b: FailedRow): number {
  return (b.regret ?? -1) - (a.regret ?? -1) || (a.row.rowId < b.row.rowId ? -1 : 1)
}

function listed({ row, kinds, regret }: FailedRow): FailureAnalysis['worst'][number] {
  return {
    row_id: row.rowId,
    symbol: row.symbol,
    regime: row.regime,
    decided_at: row.decidedAt,
    kinds,
    label: row.label,
    advice: row.advice,
    fallback_cause: row.fallbackCause,
    regret,
  }
}

function confusionOf(rows: readonly EvalRow[]): FailureAnalysis['confusion'] {
  const cells = new Map<string, FailureAnalysis['confusion'][number]>()
  for (const { label, advice } of rows) {
    const answered = advice === null ? 'none' : labelClass(advice)
    const cell = cells.get(`${label}/${answered}`) ?? { label, answered, rows: 0 }
    cells.set(`${label}/${answered}`, { ...cell, rows: cell.rows + 1 })
  }
  return [...cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell)
}

function countBy<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
