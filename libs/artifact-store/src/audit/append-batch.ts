import { desc, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { PoolClient } from 'pg'

import { auditBatches } from '../schema/audit-batches.ts'
import type { ReviewRow } from './review-row.ts'

/** Where a chain ends: the place of its last row and that row's hash. */
export interface ChainHead {
  seq: number
  rowHash: string
}

/** A row with its place, and what the tables beside it need to know. */
export interface NumberedEntry {
  row: ReviewRow
  bodyHash: string
  owner: string
  action: string
  qty: string
}

/** SQLSTATE of `require_keys_won`: a key of the batch was answered by somebody else, and nothing was written. */
export const KEYS_LOST = 'TG001'

/** The chain's committed end; `genesis` when nothing was written yet. */
export async function readHead(client: PoolClient, writerId: string, genesis: string): Promise<ChainHead> {
  const [last] = await drizzle({ client })
    .select({ seq: auditBatches.last_seq, rowHash: auditBatches.last_row_hash })
    .from(auditBatches)
    .where(eq(auditBatches.writer_id, writerId))
    .orderBy(desc(auditBatches.first_seq))
    .limit(1)
  return last ?? { seq: 0, rowHash: genesis }
}

/**
 * Writes a batch in one statement, hence in one transaction and one round trip: all of it is durable or none. Fails
 * with `KEYS_LOST` when a key is answered already, and with a unique violation of `audit_batches` when the chain has
 * grown since its head was read.
 */
export async function appendBatch(client: PoolClient, batch: readonly NumberedEntry[]): Promise<void> {
  const last = batch.at(-1)
  const first = batch[0]
  if (first === undefined || last === undefined) return
  const columns = Object.values(ENTRY_COLUMNS).map(({ read }) => batch.map(read))
  const head = [first.row.writer_id, first.row.seq, last.row.seq, last.row.row_hash, first.row.created_at, batch.length]
  await client.query({ name: 'append_batch', text: APPEND_SQL, values: [...columns, ...head] })
}

interface EntryColumn {
  type: string
  read: (entry: NumberedEntry) => unknown
}

/** Columns of the review itself, with the type their arrays are sent as. */
const REVIEW_TYPES = {
  id: 'uuid',
  trade_decision_id: 'uuid',
  idempotency_key: 'text',
  strategy_id: 'text',
  symbol: 'text',
  verdict: 'text',
  reason: 'text',
  advice_verdict: 'text',
  confidence: 'numeric',
  adjusted_qty: 'numeric',
  adjusted_order_type: 'text',
  rationale: 'text',
  risk_flags: 'json',
  fallback_cause: 'text',
  llm_skipped: 'text',
  model: 'text',
  prompt_version: 'text',
  program_name: 'text',
  signature_version: 'text',
  artifact_hash: 'text',
  artifact_kind: 'text',
  executor: 'text',
  arm: 'text',
  stage: 'text',
  clock: 'text',
  simulated: 'boolean',
  tokens_prompt: 'bigint',
  tokens_completion: 'bigint',
  prompt_hash: 'text',
  request_hash: 'text',
  response_hash: 'text',
  record_hash: 'text',
  hash_version: 'text',
  policy_hash: 'text',
  engine_version: 'text',
  event_at: 'timestamptz',
  known_at: 'timestamptz',
  reviewed_at: 'timestamptz',
  valid_until: 'timestamptz',
  shadow_of: 'uuid',
  duplicate_of: 'uuid',
  writer_id: 'uuid',
  seq: 'bigint',
  prev_hash: 'text',
  row_hash: 'text',
  created_at: 'timestamptz',
  request_bytes: 'bytea',
  response_bytes: 'bytea',
} as const satisfies Record<keyof ReviewRow, string>

const REVIEW_COLUMNS = Object.keys(REVIEW_TYPES) as (keyof ReviewRow)[]

const ENTRY_COLUMNS: Record<string, EntryColumn> = {
  ...Object.fromEntries(REVIEW_COLUMNS.map((name) => [name, reviewColumn(name)])),
  body_hash: { type: 'text', read: ({ bodyHash }) => bodyHash },
  key_owner: { type: 'uuid', read: ({ owner }) => owner },
  action: { type: 'text', read: ({ action }) => action },
  qty: { type: 'numeric', read: ({ qty }) => qty },
}

function reviewColumn(name: keyof ReviewRow): EntryColumn {
  return { type: REVIEW_TYPES[name], read: ({ row }) => parameter(row[name]) }
}

/** A list inside an array parameter would become a second dimension, so it travels as JSON; a date as UTC text. */
function parameter(value: ReviewRow[keyof ReviewRow]): unknown {
  if (Array.isArray(value)) return JSON.stringify(value)
  return value instanceof Date ? value.toISOString() : value
}

const ARRAYS = Object.values(ENTRY_COLUMNS).map(({ type }, index) => `$${index + 1}::${type}[]`)

/** The parameter after the arrays at which the batch's own facts begin. */
const HEAD = ARRAYS.length

const SELECTED = REVIEW_COLUMNS.map((name) =>
  name === 'risk_flags' ? 'ARRAY(SELECT json_array_elements_text(risk_flags))' : name,
)

/** Keys and decisions are written in the order of their ids, so that replicas never wait for each other in a ring. */
const APPEND_SQL = `
WITH entry AS MATERIALIZED (
  SELECT * FROM unnest(${ARRAYS.join(', ')}) AS entry (${Object.keys(ENTRY_COLUMNS).join(', ')})
), answered AS (
  INSERT INTO review_keys (key, body_hash, owner, lease_until, review_id)
  SELECT idempotency_key, body_hash, key_owner, now(), id FROM entry ORDER BY idempotency_key
  ON CONFLICT (key) DO UPDATE SET review_id = EXCLUDED.review_id
  WHERE review_keys.review_id IS NULL AND review_keys.body_hash = EXCLUDED.body_hash
  RETURNING key
), decision AS (
  INSERT INTO trade_decisions (id, strategy_id, symbol, action, qty, event_at, known_at, created_at)
  SELECT trade_decision_id, strategy_id, symbol, action, qty, event_at, known_at, created_at
  FROM entry ORDER BY trade_decision_id, seq
  ON CONFLICT DO NOTHING
), batch AS (
  INSERT INTO audit_batches (writer_id, first_seq, last_seq, last_row_hash, created_at)
  VALUES ($${HEAD + 1}, $${HEAD + 2}, $${HEAD + 3}, $${HEAD + 4}, $${HEAD + 5})
), review AS (
  INSERT INTO llm_decision_reviews (${REVIEW_COLUMNS.join(', ')})
  SELECT ${SELECTED.join(', ')}
  FROM entry ORDER BY seq
)
SELECT require_keys_won((SELECT count(*) FROM answered), $${HEAD + 6})`
