import { ReviewRecord } from '@torghut/contracts'
import type { ChainReceipt } from '@torghut/contracts'
import { getTableColumns } from 'drizzle-orm'

import type { ReviewRow } from '../audit/review-row.ts'
import { StoredReviewInvalidError } from '../errors.ts'
import { llmDecisionReviews } from '../schema/llm-decision-reviews.ts'

/** A review as lists show it. */
export interface ReviewListItem {
  record: ReviewRecord
  receipt: ChainReceipt
  idempotencyKey: string
  symbol: string
  strategyId: string
  eventAt: string
  knownAt: string
  createdAt: string
  shadowOf: string | null
  duplicateOf: string | null
}

/** A review with the bytes its hashes cover. */
export interface StoredReview extends ReviewListItem {
  requestBytes: Buffer
  recordBytes: Buffer
}

const { request_bytes: _request, ...listed } = getTableColumns(llmDecisionReviews)

/** Columns of a list item; the request stays in the database. */
export const listedColumns = listed

/** Reads a row; throws `StoredReviewInvalidError` when the bytes are no review record. */
export function toListItem(row: Omit<ReviewRow, 'request_bytes'>): ReviewListItem {
  return {
    record: parseRecord(row.id, row.response_bytes),
    receipt: { writer_id: row.writer_id, seq: row.seq, row_hash: row.row_hash },
    idempotencyKey: row.idempotency_key,
    symbol: row.symbol,
    strategyId: row.strategy_id,
    eventAt: row.event_at.toISOString(),
    knownAt: row.known_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    shadowOf: row.shadow_of,
    duplicateOf: row.duplicate_of,
  }
}

export function toStoredReview(row: ReviewRow): StoredReview {
  return { ...toListItem(row), requestBytes: row.request_bytes, recordBytes: row.response_bytes }
}

function parseRecord(reviewId: string, bytes: Buffer): ReviewRecord {
  try {
    return ReviewRecord.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new StoredReviewInvalidError(reviewId, { cause: error })
  }
}
