import type { AdviceVerdict, Arm, FallbackCause, Verdict } from '@torghut/contracts'
import { and, desc, eq, gte, lt, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'

import { llmDecisionReviews } from '../schema/llm-decision-reviews.ts'
import { reviewKeys } from '../schema/review-keys.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { listedColumns, toListItem, toStoredReview } from './stored-review.ts'
import type { ReviewListItem, StoredReview } from './stored-review.ts'

/** Every field narrows the list; `from` is included, `to` is not, both are wall times of the rows. */
export interface ReviewFilter {
  symbol?: string | undefined
  verdict?: Verdict | undefined
  adviceVerdict?: AdviceVerdict | undefined
  fallbackCause?: FallbackCause | undefined
  artifactHash?: string | undefined
  arm?: Arm | undefined
  from?: string | undefined
  to?: string | undefined
  /** 1 to 500. */
  limit?: number | undefined
  cursor?: string | undefined
}

export interface ReviewPage {
  items: ReviewListItem[]
  nextCursor: string | null
}

/** Most rows of one page (wire limit of every list). */
const LIMIT_MAX = 500

const LIMIT_DEFAULT = 50

export async function findOptionalReview(pool: Pool, reviewId: string): Promise<StoredReview | undefined> {
  const [row] = await drizzle({ client: pool })
    .select()
    .from(llmDecisionReviews)
    .where(eq(llmDecisionReviews.id, reviewId))
    .limit(1)
  return row === undefined ? undefined : toStoredReview(row)
}

/** The review that answered an idempotency key. */
export async function findOptionalReviewByKey(pool: Pool, key: string): Promise<StoredReview | undefined> {
  const [found] = await drizzle({ client: pool })
    .select({ reviewId: reviewKeys.review_id })
    .from(reviewKeys)
    .where(eq(reviewKeys.key, key))
  const reviewId = found?.reviewId
  return reviewId === undefined || reviewId === null ? undefined : await findOptionalReview(pool, reviewId)
}

/** Newest first. Throws `CursorInvalidError` for a cursor that no page of ours ended with. */
export async function listReviews(pool: Pool, filter: ReviewFilter): Promise<ReviewPage> {
  const limit = Math.min(Math.max(Math.trunc(filter.limit ?? LIMIT_DEFAULT), 1), LIMIT_MAX)
  const rows = await drizzle({ client: pool })
    .select(listedColumns)
    .from(llmDecisionReviews)
    .where(and(...conditions(filter)))
    .orderBy(desc(llmDecisionReviews.created_at), desc(llmDecisionReviews.id))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const items = page.map(toListItem)
  if (rows.length <= limit || last === undefined) return { items, nextCursor: null }
  return { items, nextCursor: writeCursor({ createdAt: last.created_at, id: last.id }) }
}

function conditions(filter: ReviewFilter): SQL[] {
  const table = llmDecisionReviews
  const equals = [
    [table.symbol, filter.symbol],
    [table.verdict, filter.verdict],
    [table.advice_verdict, filter.adviceVerdict],
    [table.fallback_cause, filter.fallbackCause],
    [table.artifact_hash, filter.artifactHash],
    [table.arm, filter.arm],
  ] as const
  return [
    ...equals.flatMap(([column, value]) => (value === undefined ? [] : [eq(column, value)])),
    ...(filter.from === undefined ? [] : [gte(table.created_at, new Date(filter.from))]),
    ...(filter.to === undefined ? [] : [lt(table.created_at, new Date(filter.to))]),
    ...(filter.cursor === undefined ? [] : [behindCursor(filter.cursor)]),
  ]
}

function behindCursor(cursor: string): SQL {
  const { createdAt, id } = readCursor(cursor)
  const { created_at, id: idColumn } = llmDecisionReviews
  return sql`(${created_at}, ${idColumn}) < (${createdAt.toISOString()}::timestamptz, ${id}::uuid)`
}
