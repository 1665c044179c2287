import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { canonicalJson, chainRowHash, deriveColumns, genesisHash, sha256Hex } from '@torghut/contracts'
import type { AuditRow } from '@torghut/contracts'
import type { Pool } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

import { sampleEntry } from './sample-review.ts'

export interface FillOptions {
  /** The superuser: keys, decisions and foreign keys are left out, and triggers sleep. */
  superuser: Pool
  rows: number
  writers: number
  /** When the first row was written; each next one a millisecond later. */
  startAt: Date
}

/** A chain that was filled, and where it ends. */
export interface FilledChain {
  writerId: string
  lastSeq: number
  lastRowHash: string
}

/** Rows of a batch, as many as the writer puts into one. */
const BATCH_ROWS = 64

/**
 * Fills whole chains of honest rows, each with its own request and record, some ten thousand a second: an audit to
 * measure with. All of them are of one size, that of a small review.
 */
export async function fillChains({ superuser, rows, writers, startAt }: FillOptions): Promise<FilledChain[]> {
  const filled: FilledChain[] = []
  for (let index = 0; index < writers; index += 1) {
    const count = Math.floor(rows / writers) + (index < rows % writers ? 1 : 0)
    filled.push(await fillChain(superuser, count, startAt))
  }
  await superuser.query('ANALYZE llm_decision_reviews')
  return filled
}

async function fillChain(superuser: Pool, count: number, startedAt: Date): Promise<FilledChain> {
  const writer = { writerId: randomUUID(), engineVersion: '0.1.0', startedAt }
  const head = { writerId: writer.writerId, lastSeq: 0, lastRowHash: genesisHash(writer) }
  const client = await superuser.connect()
  try {
    await client.query("SET session_replication_role = 'replica'")
    await client.query(
      'INSERT INTO audit_writers (writer_id, engine_version, started_at, genesis_hash) VALUES ($1, $2, $3, $4)',
      [writer.writerId, writer.engineVersion, startedAt, head.lastRowHash],
    )
    const batches: unknown[][] = []
    const pieces = Readable.from(copyPieces(head, count, startedAt, batches), { objectMode: false })
    const columns = Object.keys(BINARY).join(', ')
    await pipeline(pieces, client.query(copyFrom(`COPY llm_decision_reviews (${columns}) FROM STDIN (FORMAT binary)`)))
    await client.query(BATCHES_SQL, [JSON.stringify(batches)])
  } finally {
    client.release(true)
  }
  return head
}

const BATCHES_SQL = `
INSERT INTO audit_batches (writer_id, first_seq, last_seq, last_row_hash, created_at)
SELECT (b->>0)::uuid, (b->>1)::bigint, (b->>2)::bigint, b->>3, (b->>4)::timestamptz FROM jsonb_array_elements($1::jsonb) b`

/** Header, rows and trailer of a binary COPY; the head moves along and batches are noted. */
function* copyPieces(head: FilledChain, count: number, startedAt: Date, batches: unknown[][]): Generator<Buffer> {
  const makeRow = rowMaker()
  yield Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
  for (let first = 1; first <= count; first += BATCH_ROWS) {
    const last = Math.min(count, first + BATCH_ROWS - 1)
    const createdAt = new Date(startedAt.getTime() + first)
    const parts: Buffer[] = []
    for (let seq = first; seq <= last; seq += 1) {
      const row = makeRow({ writer_id: head.writerId, seq, prev_hash: head.lastRowHash, created_at: createdAt })
      Object.assign(head, { lastSeq: seq, lastRowHash: row.row_hash })
      parts.push(copyRow(row))
    }
    batches.push([head.writerId, first, last, head.lastRowHash, createdAt.toISOString()])
    yield Buffer.concat(parts)
  }
  yield int16(-1)
}

type Place = Pick<AuditRow, 'writer_id' | 'seq' | 'prev_hash' | 'created_at'>

/** Makes rows by writing other ids and hashes into the canonical text of one review. */
function rowMaker(): (place: Place) => AuditRow {
  const { submission, record } = sampleEntry()
  const { trade_decision_id: decisionId } = submission
  const request = canonicalJson(submission)
  const response = canonicalJson(record)
  const columns = deriveColumns(submission, record)
  const knownAt = new Date('2026-03-02T15:04:05.250Z')
  return (place) => {
    const [id, trade_decision_id] = [randomUUID(), randomUUID()]
    const request_bytes = Buffer.from(request.replaceAll(decisionId, trade_decision_id))
    const request_hash = sha256Hex(request_bytes)
    const text = response.replace(record.review_id, id).replace(decisionId, trade_decision_id)
    const response_bytes = Buffer.from(text.replace(record.lineage.request_hash, request_hash))
    const record_hash = sha256Hex(response_bytes)
    const entry = { idempotency_key: trade_decision_id, known_at: knownAt, shadow_of: null, duplicate_of: null }
    const row = { ...columns, ...entry, ...place, id, trade_decision_id, request_hash, record_hash }
    return { ...row, request_bytes, response_bytes, row_hash: chainRowHash(row) }
  }
}

type Encode = (value: never) => Buffer

const text: Encode = (value: string) => Buffer.from(value)
const bytes: Encode = (value: Buffer) => value
const uuid: Encode = (value: string) => Buffer.from(value.replaceAll('-', ''), 'hex')
const boolean: Encode = (value: boolean) => Buffer.from([value ? 1 : 0])
const int4: Encode = (value: number) => int32(value)
const int8: Encode = (value: number) => int64(BigInt(value))
const instant: Encode = (value: Date) => int64(BigInt(value.getTime() - Date.UTC(2000, 0, 1)) * 1000n)

/** One-dimensional array of text (type 25). */
const texts: Encode = (values: string[]) =>
  values.length === 0
    ? Buffer.concat([int32(0), int32(0), int32(25)])
    : Buffer.concat([int32(1), int32(0), int32(25), int32(values.length), int32(1), ...values.map((value) => sized(text(value as never)))])

/** A fraction of four decimals: one digit of base 10,000, behind the point. */
const fraction: Encode = (value: string) =>
  Buffer.concat([int16(1), int16(-1), int16(0), int16(4), int16(Number(value.slice(2)))])

const BINARY: Record<keyof AuditRow, Encode> = {
  id: uuid, trade_decision_id: uuid, idempotency_key: text, strategy_id: text, symbol: text, verdict: text, reason: text,
  advice_verdict: text, confidence: fraction, adjusted_qty: fraction, adjusted_order_type: text, rationale: text,
  risk_flags: texts, fallback_cause: text, llm_skipped: text, model: text, prompt_version: text, program_name: text,
  signature_version: text, artifact_hash: text, artifact_kind: text, executor: text, arm: text, stage: text, clock: text,
  simulated: boolean, tokens_prompt: int4, tokens_completion: int4, prompt_hash: text, request_hash: text,
  response_hash: text, record_hash: text, hash_version: text, policy_hash: text, engine_version: text, event_at: instant,
  known_at: instant, reviewed_at: instant, valid_until: instant, shadow_of: uuid, duplicate_of: uuid, writer_id: uuid,
  seq: int8, prev_hash: text, row_hash: text, created_at: instant, request_bytes: bytes, response_bytes: bytes,
}

const ENCODERS = Object.entries(BINARY) as [keyof AuditRow, Encode][]

function copyRow(row: AuditRow): Buffer {
  const fields = ENCODERS.map(([name, encode]) => (row[name] === null ? int32(-1) : sized(encode(row[name] as never))))
  return Buffer.concat([int16(ENCODERS.length), ...fields])
}

function sized(content: Buffer): Buffer {
  return Buffer.concat([int32(content.length), content])
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(value)
  return buffer
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}

function int64(value: bigint): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64BE(value)
  return buffer
}
