import type { Pool } from 'pg'

import { findAnsweredKeys } from './answered-keys.ts'
import type { StoredReview } from './stored-review.ts'

/** Longest idempotency key; the table refuses longer ones. */
export const KEY_LENGTH_MAX = 255

export interface KeyClaim {
  key: string
  /** SHA-256 of the canonical body. */
  bodyHash: string
  /** A random name of this attempt; the same process claims with a new one each time. */
  owner: string
  leaseMs: number
}

export type ClaimResult =
  | { state: 'claimed' }
  | { state: 'completed'; review: StoredReview }
  | { state: 'in_progress' }
  | { state: 'other_body' }

/**
 * Takes a key for one attempt: a new key, or one whose holder's lease ran out unanswered. One round trip when it
 * succeeds.
 *
 * Run it on connections with `synchronous_commit = off`. A crash of the server may forget claims of the last moments;
 * then a second attempt may ask the model again, but not store a second review: the append decides who answers a key,
 * writes the claim when it is missing, and is durable.
 */
export async function claimReviewKey(pool: Pool, claim: KeyClaim): Promise<ClaimResult> {
  const { key, bodyHash, owner, leaseMs } = claim
  const values = [key, bodyHash, owner, leaseMs]
  const claimed = await pool.query({ name: 'claim_review_key', text: CLAIM_SQL, values })
  if (claimed.rowCount === 1) return { state: 'claimed' }
  return await readClaim(pool, key, bodyHash)
}

const CLAIM_SQL = `
INSERT INTO review_keys (key, body_hash, owner, lease_until)
VALUES ($1, $2, $3, now() + $4::int * interval '1 millisecond')
ON CONFLICT (key) DO UPDATE SET owner = EXCLUDED.owner, lease_until = EXCLUDED.lease_until
WHERE review_keys.review_id IS NULL AND review_keys.lease_until < now() AND review_keys.body_hash = EXCLUDED.body_hash`

/** Who holds a key that could not be taken. */
async function readClaim(pool: Pool, key: string, bodyHash: string): Promise<ClaimResult> {
  const state = (await findAnsweredKeys(pool, [key])).get(key)
  if (state !== undefined && state.bodyHash !== bodyHash) return { state: 'other_body' }
  if (state === undefined || state.review === null) return { state: 'in_progress' }
  return { state: 'completed', review: state.review }
}

/** Gives an unanswered key back so that another attempt need not wait for the lease; false when it is not ours. */
export async function releaseReviewKey(pool: Pool, { key, owner }: { key: string; owner: string }): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE review_keys SET lease_until = '-infinity' WHERE key = $1 AND owner = $2 AND review_id IS NULL`,
    [key, owner],
  )
  return rowCount === 1
}
