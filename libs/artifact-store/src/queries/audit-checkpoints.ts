import type { PoolClient } from 'pg'

import type { AuditCheckpoint } from '../reading/audit-reader.ts'

/** A checkpoint to keep. */
export interface NewCheckpoint {
  number: number
  takenAt: string
  previousHash: string
  hash: string
  keyId: string
  bytes: Uint8Array
  signature: Uint8Array
}

/** Where a chain ends by its last committed batch; place 0 with the genesis hash when nothing was written. */
export interface StoredHead {
  writerId: string
  seq: number
  rowHash: string
}

/** Any constant; "chkpoint" in ASCII, so that it can be recognised in pg_locks. */
const LOCK_KEY = '7163384631009701492'

/** Takes the turn to sign until the transaction ends; false when another replica has it. */
export async function takeCheckpointTurn(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [LOCK_KEY])
  return rows[0]?.taken ?? false
}

/** The heads of all registered writers. */
export async function readHeads(client: PoolClient): Promise<StoredHead[]> {
  const { rows } = await client.query<{ writerId: string; seq: string; rowHash: string }>(HEADS_SQL)
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }))
}

const HEADS_SQL = `
SELECT w.writer_id AS "writerId", coalesce(b.last_seq, 0) AS seq, coalesce(b.last_row_hash, w.genesis_hash) AS "rowHash"
FROM audit_writers w
LEFT JOIN LATERAL (SELECT last_seq, last_row_hash FROM audit_batches
  WHERE writer_id = w.writer_id ORDER BY first_seq DESC LIMIT 1) b ON true
ORDER BY w.writer_id`

/** The number to begin reading at, so that all later checkpoints make sense: the newest one that lists every head. */
export async function findCompleteCheckpoint(client: PoolClient, every: number): Promise<number> {
  const text = 'SELECT max(number) AS number FROM audit_checkpoints WHERE (number - 1) % $1 = 0'
  const { rows } = await client.query<{ number: string | null }>(text, [every])
  return Number(rows[0]?.number ?? 1)
}

/** Checkpoints behind a number, in their order. */
export async function listCheckpointsAfter(client: PoolClient, number: number): Promise<AuditCheckpoint[]> {
  const text = 'SELECT number, bytes, signature FROM audit_checkpoints WHERE number > $1 ORDER BY number'
  const { rows } = await client.query<{ number: string; bytes: Buffer; signature: Buffer }>(text, [number])
  return rows.map((row) => ({ ...row, number: Number(row.number) }))
}

/** How long ago the newest checkpoint was taken, in milliseconds of the database's clock; null when there is none. */
export async function readCheckpointAge(client: PoolClient): Promise<number | null> {
  const text = `SELECT extract(epoch FROM clock_timestamp() - taken_at) * 1000 AS age_ms
    FROM audit_checkpoints ORDER BY number DESC LIMIT 1`
  const { rows } = await client.query<{ age_ms: string }>(text)
  return rows[0] === undefined ? null : Number(rows[0].age_ms)
}

/** Database time now, and the moment before which every row of a log is surely committed. */
export async function readMoments(client: PoolClient, settleMs: number): Promise<{ now: string; settled: string }> {
  const text = `SELECT clock_timestamp()::timestamptz(3) AS now,
    (clock_timestamp() - $1::int * interval '1 millisecond')::timestamptz(3) AS settled`
  const { rows } = await client.query<{ now: Date; settled: Date }>(text, [settleMs])
  const [row] = rows
  if (row === undefined) throw new TypeError('A SELECT without FROM has a row')
  return { now: row.now.toISOString(), settled: row.settled.toISOString() }
}

/** Keeps a signed checkpoint. Fails with a unique violation when its number or predecessor is taken. */
export async function insertCheckpoint(client: PoolClient, checkpoint: NewCheckpoint): Promise<void> {
  const { number, takenAt, previousHash, hash, keyId, bytes, signature } = checkpoint
  await client.query(
    `INSERT INTO audit_checkpoints (number, taken_at, previous_hash, hash, key_id, bytes, signature)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [number, takenAt, previousHash, hash, keyId, Buffer.from(bytes), Buffer.from(signature)],
  )
}
