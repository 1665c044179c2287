import type { Pool } from 'pg'

import { findAnsweredKeys } from './answered-keys.ts'
import type { KeyState } from './answered-keys.ts'
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
  /** Answered once, by a review that was moved to an archive since: nobody can say it again. */
  | { state: 'archived'; reviewId: string }

/**
 * Takes keys for one attempt each: new keys, or those whose holder's lease ran out unanswered; no key twice in one
 * call. One statement when all succeed: a statement a claim costs more than the claim. Keys are locked in their order,
 * as appends lock them, so that replicas never wait for each other in a ring.
 *
 * Run it on connections with `synchronous_commit = off`. A crash of the server may forget claims of the last moments;
 * then a second attempt may ask the model again, but not store a second review: the append decides who answers a key,
 * writes the claim when it is missing, and is durable.
 */
export async function claimReviewKeys(pool: Pool, claims: readonly KeyClaim[]): Promise<Map<string, ClaimResult>> {
  const columns = (['key', 'bodyHash', 'owner', 'leaseMs'] as const).map((name) => claims.map((claim) => claim[name]))
  const claimed = await pool.query<{ key: string }>({ name: 'claim_review_keys', text: CLAIM_SQL, values: columns })
  const results = new Map<string, ClaimResult>(claimed.rows.map(({ key }) => [key, { state: 'claimed' }]))
  const others = claims.filter(({ key }) => !results.has(key))
  if (others.length === 0) return results
  const states = await findAnsweredKeys(pool, others.map(({ key }) => key))
  for (const { key, bodyHash } of others) results.set(key, toResult(states.get(key), bodyHash))
  return results
}

const CLAIM_SQL = `
INSERT INTO review_keys (key, body_hash, owner, lease_until)
SELECT key, body_hash, owner, now() + lease_ms * interval '1 millisecond'
FROM unnest($1::text[], $2::text[], $3::uuid[], $4::int[]) AS claim (key, body_hash, owner, lease_ms) ORDER BY key
ON CONFLICT (key) DO UPDATE SET owner = EXCLUDED.owner, lease_until = EXCLUDED.lease_until
WHERE review_keys.review_id IS NULL AND review_keys.lease_until < now() AND review_keys.body_hash = EXCLUDED.body_hash
RETURNING key`

/** Who holds a key that could not be taken. */
function toResult(state: KeyState | undefined, bodyHash: string): ClaimResult {
  if (state !== undefined && state.bodyHash !== bodyHash) return { state: 'other_body' }
  if (state === undefined || state.answeredBy === null) return { state: 'in_progress' }
  // A key and its review are committed together, and the key was read first: a review that is not there was taken away.
  if (state.review === null) return { state: 'archived', reviewId: state.answeredBy }
  return { state: 'completed', review: state.review }
}

/** Prolongs the leases of keys that are still ours and unanswered; one that is locked is being answered right now. */
export async function renewReviewKeys(
  pool: Pool,
  { held, leaseMs }: { held: readonly { key: string; owner: string }[]; leaseMs: number },
): Promise<void> {
  const values = [held.map(({ key }) => key), held.map(({ owner }) => owner), leaseMs]
  await pool.query({ name: 'renew_review_keys', text: RENEW_SQL, values })
}

const RENEW_SQL = `
UPDATE review_keys SET lease_until = now() + $3::int * interval '1 millisecond'
WHERE key IN (
  SELECT review_keys.key FROM review_keys
  JOIN unnest($1::text[], $2::uuid[]) AS held (key, owner) ON held.key = review_keys.key AND held.owner = review_keys.owner
  WHERE review_id IS NULL FOR UPDATE OF review_keys SKIP LOCKED
)`

/** Gives an unanswered key back so that another attempt need not wait for the lease; false when it is not ours. */
export async function releaseReviewKey(pool: Pool, { key, owner }: { key: string; owner: string }): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE review_keys SET lease_until = '-infinity' WHERE key = $1 AND owner = $2 AND review_id IS NULL`,
    [key, owner],
  )
  return rowCount === 1
}
