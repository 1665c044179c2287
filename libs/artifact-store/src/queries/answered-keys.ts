import { inArray } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { PoolClient, Pool } from 'pg'

import { llmDecisionReviews } from '../schema/llm-decision-reviews.ts'
import { reviewKeys } from '../schema/review-keys.ts'
import { toStoredReview } from './stored-review.ts'
import type { StoredReview } from './stored-review.ts'

export interface KeyState {
  bodyHash: string
  /** The id of the review that answered the key, or null while nobody has. */
  answeredBy: string | null
  /** That review; null also when it was answered and its month has been archived since. */
  review: StoredReview | null
}

/** What is known about the given keys; keys nobody claimed are absent. */
export async function findAnsweredKeys(
  client: PoolClient | Pool,
  keys: readonly string[],
): Promise<Map<string, KeyState>> {
  const db = drizzle({ client })
  const rows = await db.select().from(reviewKeys).where(inArray(reviewKeys.key, [...keys]))
  const reviewIds = rows.flatMap((row) => row.review_id ?? [])
  const reviews = await findStoredReviews(client, reviewIds)
  return new Map(
    rows.map(({ key, body_hash: bodyHash, review_id: answeredBy }) => [
      key,
      { bodyHash, answeredBy, review: reviews.get(answeredBy ?? '') ?? null },
    ]),
  )
}

async function findStoredReviews(
  client: PoolClient | Pool,
  ids: readonly string[],
): Promise<Map<string, StoredReview>> {
  if (ids.length === 0) return new Map()
  const rows = await drizzle({ client })
    .select()
    .from(llmDecisionReviews)
    .where(inArray(llmDecisionReviews.id, [...ids]))
  return new Map(rows.map((row) => [row.id, toStoredReview(row)]))
}
