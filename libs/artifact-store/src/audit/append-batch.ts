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
  /** Null for a review that goes to the database at once. */
  journal: JournalTrace | null
}

/** How a review came out of a journal. */
export interface JournalTrace {
  journalId: string
  position: number
  checksum: string
  journalledAt: Date
  /** False when its key was answered otherwise: the row is kept, the key stays as it is. */
  answersKey: boolean
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
  const source = first.journal === null ? LIVE : JOURNALLED
  const columns = source.columns.map((column) => columnParameter(column, batch))
  const answering = batch.filter(({ journal }) => journal?.answersKey ?? true).length
  const head = [first.row.writer_id, first.row.seq, last.row.seq, last.row.row_hash, first.row.created_at, answering]
  await client.query({ name: source.name, text: source.text, values: [...columns, ...head] })
}

interface EntryColumn {
  type: string
  read: (entry: NumberedEntry) => unknown
}

/** OID of `bytea` in every PostgreSQL. */
const BYTEA_OID = 17

/** Bytes travel as PostgreSQL's own binary array: as text they are twice as long and are parsed on both sides. */
function columnParameter({ type, read }: EntryColumn, batch: readonly NumberedEntry[]): unknown {
  const values = batch.map(read)
  return type === 'bytea' ? binaryArray(values as Buffer[]) : values
}

/** One dimension, no nulls: dimensions, null flag, element type, length, first index, then each element's length and bytes. */
function binaryArray(elements: readonly Buffer[]): Buffer {
  const head = int32s(1, 0, BYTEA_OID, elements.length, 1)
  return Buffer.concat([head, ...elements.flatMap((bytes) => [int32s(bytes.length), bytes])])
}

function int32s(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length)
  numbers.forEach((number, index) => bytes.writeInt32BE(number, 4 * index))
  return bytes
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

/** Columns that only a review out of a journal has. */
const JOURNAL_COLUMNS: Record<string, EntryColumn> = {
  journal_id: { type: 'uuid', read: ({ journal }) => journal?.journalId },
  journal_position: { type: 'bigint', read: ({ journal }) => journal?.position },
  journal_checksum: { type: 'text', read: ({ journal }) => journal?.checksum },
  journalled_at: { type: 'timestamptz', read: ({ journal }) => journal?.journalledAt.toISOString() },
  answers_key: { type: 'boolean', read: ({ journal }) => journal?.answersKey },
}

const SELECTED = REVIEW_COLUMNS.map((name) =>
  name === 'risk_flags' ? 'ARRAY(SELECT json_array_elements_text(risk_flags))' : name,
)

const KEEP_JOURNAL_ENTRY = `, journalled AS (
  INSERT INTO journal_entries (review_id, journal_id, position, checksum, journalled_at)
  SELECT id, journal_id, journal_position, journal_checksum, journalled_at FROM entry
)`

const LIVE = statement('append_batch', ENTRY_COLUMNS, { answering: '', also: '' })
const JOURNALLED = statement(
  'append_journalled',
  { ...ENTRY_COLUMNS, ...JOURNAL_COLUMNS },
  { answering: 'WHERE answers_key', also: KEEP_JOURNAL_ENTRY },
)

/** Keys and decisions are written in the order of their ids, so that replicas never wait for each other in a ring. */
function statement(
  name: string,
  columns: Record<string, EntryColumn>,
  { answering, also }: { answering: string; also: string },
) {
  const arrays = Object.values(columns).map(({ type }, index) => `$${index + 1}::${type}[]`)
  /** The parameter after the arrays at which the batch's own facts begin. */
  const head = arrays.length
  const text = `
WITH entry AS MATERIALIZED (
  SELECT * FROM unnest(${arrays.join(', ')}) AS entry (${Object.keys(columns).join(', ')})
), answered AS (
  INSERT INTO review_keys (key, body_hash, owner, lease_until, review_id)
  SELECT idempotency_key, body_hash, key_owner, now(), id FROM entry ${answering} ORDER BY idempotency_key
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
  VALUES ($${head + 1}, $${head + 2}, $${head + 3}, $${head + 4}, $${head + 5})
), review AS (
  INSERT INTO llm_decision_reviews (${REVIEW_COLUMNS.join(', ')})
  SELECT ${SELECTED.join(', ')}
  FROM entry ORDER BY seq
)${also}
SELECT require_keys_won((SELECT count(*) FROM answered), $${head + 6})`
  return { name, text, columns: Object.values(columns) }
}
