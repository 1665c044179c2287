import { hashJson, regimeBucket } from '@torghut/contracts'
import type {
  DatasetRow,
  DatasetSelection,
  Feedback,
  ReviewRecord,
  ReviewSubmission,
  RowMark,
  TradeResult,
} from '@torghut/contracts'

import { chosenLabel, labelsEndAt, labelsOf } from '../labels/labels.ts'
import { compareInstants } from '../time/instants.ts'
import { sourcesOf, untracedParts } from './sources.ts'
import type { LineageFault } from './sources.ts'

/** A stored review and what became known about its decision. */
export interface StoredReview {
  submission: ReviewSubmission
  record: ReviewRecord
  /** The review this one was the shadow of, or null. */
  shadowOf: string | null
  results: readonly TradeResult[]
  feedback: readonly Feedback[]
}

/** Why a decision of the window is not in the set. `lineage_incomplete` refuses the whole set. */
export type LeftOut = 'outside_window' | 'marked' | 'unlabelled' | 'lineage_incomplete'

export type AssembledRow =
  { ok: true; row: DatasetRow } | { ok: false; reason: LeftOut; marks: RowMark[]; faults: LineageFault[] }

/** Failures of ours, not of the world: what was asked is no example of anything. */
const OWN_ERRORS: readonly string[] = ['internal', 'resource_exceeded', 'unsafe_text']

/**
 * A stored review as a row of a set: the input as it stood at the decision, its labels, its sources. The review's own
 * advice, verdict and record are not in it.
 */
export function assembleRow(stored: StoredReview, selection: DatasetSelection): AssembledRow {
  const { record, submission } = stored
  const { decision } = submission.request
  const marks = marksOf(stored)
  const leftOut = (reason: LeftOut, faults: LineageFault[] = []): AssembledRow => ({ ok: false, reason, marks, faults })
  if (!isWithin(decision.event_ts, selection)) return leftOut('outside_window')
  if (marks.some((mark) => !selection.marks_included.includes(mark))) return leftOut('marked')
  const labels = labelsOf(stored, selection)
  const chosen = chosenLabel(labels, selection.label_order)
  const endsAt = labelsEndAt(labels)
  if (chosen === null || endsAt === null) return leftOut('unlabelled')
  const input = withoutOwnRecord(submission)
  const faults = untracedParts(input)
  if (faults.length > 0) return leftOut('lineage_incomplete', faults)
  const row: DatasetRow = {
    schema_version: 'torghut.dataset-row.v1',
    row_id: hashJson([record.trade_decision_id, record.review_id]),
    trade_decision_id: record.trade_decision_id,
    review_id: record.review_id,
    symbol: decision.symbol,
    strategy_id: decision.strategy_id,
    action: decision.action,
    regime: regimeBucket(decision.regime_hmm?.regime_id ?? null),
    decided_at: decision.event_ts,
    label: chosen.label,
    label_basis: chosen.basis,
    label_ends_at: endsAt,
    labels,
    marks,
    sources: sourcesOf(input),
    input,
  }
  return { ok: true, row }
}

/** From the start of the window up to, and not at, its end (contract, 6.1). */
function isWithin(at: string, { starts_at, ends_at }: DatasetSelection): boolean {
  return compareInstants(at, starts_at) >= 0 && compareInstants(at, ends_at) < 0
}

function marksOf({ record, shadowOf }: StoredReview): RowMark[] {
  const cause = record.fallback?.cause ?? null
  const marks: [RowMark, boolean][] = [
    ['fallback', cause !== null],
    ['error', cause !== null && OWN_ERRORS.includes(cause)],
    ['shadow', shadowOf !== null],
    ['reducing', record.llm_skipped === 'reducing'],
  ]
  return marks.filter(([, applies]) => applies).map(([mark]) => mark)
}

/** A scheduler that writes its decision first lists it among the recent ones; it is no feature of itself. */
function withoutOwnRecord(submission: ReviewSubmission): ReviewSubmission {
  const { request, trade_decision_id: own } = submission
  const recent = request.recent_decisions.filter(({ decision_id }) => decision_id.toLowerCase() !== own)
  if (recent.length === request.recent_decisions.length) return submission
  return { ...submission, request: { ...request, recent_decisions: recent } }
}
