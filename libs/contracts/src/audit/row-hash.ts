import { hashJson, sha256Hex } from '../canonical/canonical-json.ts'
import type { AuditRow } from './audit-row.ts'

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
] as const satisfies readonly (keyof AuditRow)[]

export type ChainedRow = Pick<AuditRow, (typeof CHAINED_COLUMNS)[number]>

/**
 * The hash that ties a review to the one before it in its writer's chain: SHA-256, lower-case hex, over the RFC 8785
 * JSON of one object with exactly the members of `CHAINED_COLUMNS`. Texts and ids are as stored, `seq` is a number,
 * `simulated` a boolean, an SQL null is null, and an instant is UTC with three decimals (`2026-03-02T15:04:05.000Z`).
 * `prev_hash` is the `row_hash` of the row with the previous `seq`, or the writer's `genesis_hash` for `seq` 1.
 */
export function chainRowHash(row: ChainedRow): string {
  let json = ''
  // RFC 8785 spells flat values as `JSON.stringify` does, and a verifier of a million rows has no time for more.
  for (const { name, opening } of SORTED_MEMBERS) json += opening + JSON.stringify(row[name])
  return sha256Hex(`${json}}`)
}

/** What the first row of a writer names as its predecessor: the hash of the facts the writer registered with. */
export function genesisHash(writer: { writerId: string; engineVersion: string; startedAt: Date }): string {
  return hashJson({
    writer_id: writer.writerId,
    engine_version: writer.engineVersion,
    started_at: writer.startedAt.toISOString(),
  })
}

/** RFC 8785 sorts members by UTF-16 code unit, as `sort` does; the names never change, so it is done once. */
const SORTED_MEMBERS = [...CHAINED_COLUMNS]
  .sort()
  .map((name, index) => ({ name, opening: `${index === 0 ? '{' : ','}"${name}":` }))
