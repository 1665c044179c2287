import { canonicalJson, deriveColumns, sha256Hex } from '@torghut/contracts'
import type { ChainPlace, ReviewRecord, ReviewSubmission } from '@torghut/contracts'

import { EntryRejectedError } from '../errors.ts'
import type { llmDecisionReviews } from '../schema/llm-decision-reviews.ts'

/** A review about to be stored. */
export interface ReviewEntry {
  idempotencyKey: string
  /** SHA-256 of the posted body, as the key was claimed with. */
  bodyHash: string
  /** Who claimed the key. */
  owner: string
  submission: ReviewSubmission
  record: ReviewRecord
  /** When the request was received, on the review's clock. */
  knownAt: string
  shadowOf: string | null
  duplicateOf: string | null
}

export type { ChainPlace } from '@torghut/contracts'

/** A row of `llm_decision_reviews`. */
export type ReviewRow = typeof llmDecisionReviews.$inferSelect

/**
 * The row of an entry, still without its place in the chain. Throws `EntryRejectedError` when the record is not about
 * this submission: a row whose halves do not belong together could never be replayed.
 */
export function reviewRow(entry: ReviewEntry): Omit<ReviewRow, ChainPlace> {
  const { submission, record } = entry
  const requestBytes = Buffer.from(canonicalJson(submission))
  const responseBytes = Buffer.from(canonicalJson(record))
  const derived = deriveColumns(submission, record)
  if (sha256Hex(requestBytes) !== record.lineage.request_hash) {
    throw new EntryRejectedError(record.review_id, 'request_hash is not the hash of the submission')
  }
  if (submission.trade_decision_id !== record.trade_decision_id) {
    throw new EntryRejectedError(record.review_id, 'the record is about another decision')
  }
  return {
    ...derived,
    idempotency_key: entry.idempotencyKey,
    known_at: new Date(entry.knownAt),
    shadow_of: entry.shadowOf,
    duplicate_of: entry.duplicateOf,
    record_hash: sha256Hex(responseBytes),
    request_bytes: requestBytes,
    response_bytes: responseBytes,
  }
}
