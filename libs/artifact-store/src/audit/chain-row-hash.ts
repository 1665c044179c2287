import { hashJson } from '@torghut/contracts'

import type { ReviewRow } from './review-row.ts'

/**
 * The columns a row's hash covers. Left out are `row_hash` itself, the two byte columns (their
 * hashes are in) and the columns that only repeat the record (`confidence`, `adjusted_qty`, `adjusted_order_type`,
 * `rationale`, `risk_flags`, `tokens_prompt`, `tokens_completion`); a verifier derives those from the bytes again.
 */
export const CHAINED_COLUMNS = [
  'id',
  'trade_decision_id',
  'idempotency_key',
  'strategy_id',
  'symbol',
  'verdict',
  'reason',
  'advice_verdict',
  'fallback_cause',
  'llm_skipped',
  'model',
  'prompt_version',
  'program_name',
  'signature_version',
  'artifact_hash',
  'artifact_kind',
  'executor',
  'arm',
  'stage',
  'clock',
  'simulated',
  'prompt_hash',
  'request_hash',
  'response_hash',
  'record_hash',
  'hash_version',
  'policy_hash',
  'engine_version',
  'event_at',
  'known_at',
  'reviewed_at',
  'valid_until',
  'shadow_of',
  'duplicate_of',
  'writer_id',
  'seq',
  'prev_hash',
  'created_at',
] as const satisfies readonly (keyof ReviewRow)[]

export type ChainedRow = Pick<ReviewRow, (typeof CHAINED_COLUMNS)[number]>

/**
 * The hash that ties a review to the one before it in its writer's chain: SHA-256, lower-case hex, over the RFC 8785
 * JSON of one object with exactly the members of `CHAINED_COLUMNS`. Texts and ids are as stored, `seq` is a number,
 * `simulated` a boolean, an SQL null is null, and an instant is UTC with three decimals (`2026-03-02T15:04:05.000Z`).
 * `prev_hash` is the `row_hash` of the row with the previous `seq`, or the writer's `genesis_hash` for `seq` 1.
 */
export function chainRowHash(row: ChainedRow): string {
  const members = CHAINED_COLUMNS.map((name) => {
    const value = row[name]
    return [name, value instanceof Date ? value.toISOString() : value]
  })
  return hashJson(Object.fromEntries(members))
}

/** What the first row of a writer names as its predecessor: the hash of the facts the writer registered with. */
export function genesisHash(writer: { writerId: string; engineVersion: string; startedAt: Date }): string {
  return hashJson({
    writer_id: writer.writerId,
    engine_version: writer.engineVersion,
    started_at: writer.startedAt.toISOString(),
  })
}
