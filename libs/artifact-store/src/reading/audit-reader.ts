import type { AuditRow } from '@torghut/contracts'
import { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'

import { describeTarget, guarded } from '../connection.ts'
import { StoreUnavailableError } from '../errors.ts'
import { AUDIT_LOGS, readLogRows } from '../queries/audit-logs.ts'
import type { AuditLogName, AuditLogRow } from '../queries/audit-logs.ts'
import { AUDIT_COLUMNS, AUDIT_SELECT } from './audit-columns.ts'
import { CopyBinaryReader } from './copy-binary.ts'

export interface AuditReaderOptions {
  url: string
  /** A snapshot another reader exported: both then see the same moment. */
  snapshot?: string
}

/** A registered writer and how far its chain goes, by the notes of its batches and by its rows. */
export interface StoredChain {
  writerId: string
  engineVersion: string
  /** Invalid where somebody wrote infinity. */
  startedAt: Date
  genesisHash: string
  lastBatchSeq: number
  rows: number
  firstRowSeq: number | null
  lastRowSeq: number | null
}

/** A checkpoint as it lies in its table; `number` is what the row says, the bytes say it too. */
export interface AuditCheckpoint {
  number: number
  bytes: Buffer
  signature: Buffer
  /** What the table says beside the bytes, which have the last word; left out where nobody compares. */
  columns?: CheckpointColumns
}

/** Facts of a checkpoint that its row repeats. */
export interface CheckpointColumns {
  number: number
  takenAt: Date
  previousHash: string
  keyId: string
}

/** From one moment up to another, which is left out. */
export interface Stretch {
  from: Date
  to: Date
}

/** Which rows of one chain, both ends included. */
export interface ChainRange {
  writerId: string
  fromSeq: number
  toSeq: number
}

/** Longest a single statement may take: it reads a part of a chain, never a whole one. */
const STATEMENT_TIMEOUT_MS = 120_000

/** Longest silence of a server that is sending rows. */
const SILENCE_MS = 60_000

/** Checkpoints and log rows read at a time. */
const PAGE_ROWS = 1_000

/**
 * Reads everything an audit looks at, on one connection and as of one moment (a read-only, repeatable-read
 * transaction), in streams that hold a few hundred rows. Every method throws `StoreUnavailableError`.
 */
export class AuditReader {
  readonly #client: Client
  readonly #target: string

  private constructor(client: Client, target: string) {
    this.#client = client
    this.#target = target
  }

  /** Connects. Throws `StoreUrlInvalidError`, too. */
  static async open({ url, snapshot }: AuditReaderOptions): Promise<AuditReader> {
    const target = describeTarget(url)
    const client = new Client({
      connectionString: url,
      application_name: 'torghut-audit',
      connectionTimeoutMillis: 10_000,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
    })
    client.on('error', () => {})
    return guarded(target, async () => {
      await client.connect()
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      if (snapshot !== undefined) await client.query(`SET TRANSACTION SNAPSHOT '${snapshot.replaceAll("'", '')}'`)
      // Chains are read in the order of an index: sorting a part of one first would hold it in the server's memory.
      await client.query('SET LOCAL enable_sort = off')
      await client.query("SET LOCAL timezone = 'UTC'")
      return new AuditReader(client, target)
    })
  }

  /** A name under which other readers see the same moment, for as long as this one is open. */
  async exportSnapshot(): Promise<string> {
    const [row] = await this.#rows<{ name: string }>('SELECT pg_export_snapshot() AS name')
    return row?.name ?? ''
  }

  /** Every registered writer, oldest first. */
  listChains(): Promise<StoredChain[]> {
    return this.#rows<StoredChain>(CHAINS_SQL).then((chains) => chains.map(toChain))
  }

  /** Writers that rows name and nobody registered, with what their rows are. */
  async listUnregistered(): Promise<{ writerId: string; firstSeq: number; lastSeq: number }[]> {
    const rows = await this.#rows<{ writerId: string; firstSeq: string; lastSeq: string }>(UNREGISTERED_SQL)
    return rows.map((row) => ({ ...row, firstSeq: Number(row.firstSeq), lastSeq: Number(row.lastSeq) }))
  }

  /** What each committed batch of a part of a chain says of its last row. */
  async listBatchEnds({ writerId, fromSeq, toSeq }: ChainRange): Promise<{ seq: number; rowHash: string }[]> {
    const rows = await this.#rows<{ seq: string; rowHash: string }>(BATCHES_SQL, [writerId, integer(fromSeq), integer(toSeq)])
    return rows.map(({ seq, rowHash }) => ({ seq: Number(seq), rowHash }))
  }

  /** Rows of a part of a chain, or those of them written in a stretch of time, by `seq`, some hundred at a time. */
  readChain({ writerId, fromSeq, toSeq }: ChainRange, written?: Stretch): AsyncGenerator<AuditRow[]> {
    const places = `writer_id = ${literal(writerId)} AND seq BETWEEN ${integer(fromSeq)} AND ${integer(toSeq)}`
    const where = written === undefined ? places : `${places} AND ${isWritten(written)}`
    return this.#copy(`SELECT ${AUDIT_SELECT} FROM llm_decision_reviews WHERE ${where} ORDER BY writer_id, seq`)
  }

  /** Rows written in a stretch of time, its end left out, ordered by time and id. */
  readWritten(written: Stretch): AsyncGenerator<AuditRow[]> {
    const from = `FROM llm_decision_reviews WHERE ${isWritten(written)}`
    return this.#copy(`SELECT ${AUDIT_SELECT} ${from} ORDER BY created_at, id`)
  }

  /** Which places of each chain were written in a stretch of time. */
  async listWritten({ from, to }: Stretch): Promise<ChainRange[]> {
    const rows = await this.#rows<{ writerId: string; fromSeq: string; toSeq: string }>(WRITTEN_SQL, [from, to])
    return rows.map((row) => ({ ...row, fromSeq: Number(row.fromSeq), toSeq: Number(row.toSeq) }))
  }

  /** Every checkpoint from a number on, in their order. */
  async *readCheckpoints(fromNumber = 1): AsyncGenerator<AuditCheckpoint> {
    let last = fromNumber - 1
    for (;;) {
      const page = await this.#rows<CheckpointRow>(CHECKPOINTS_SQL, [last, PAGE_ROWS])
      for (const { number, bytes, signature, ...columns } of page) {
        last = Number(number)
        yield { number: last, bytes, signature, columns: { ...columns, number: last } }
      }
      if (page.length < PAGE_ROWS) return
    }
  }

  /** The number of the newest complete checkpoint that can be read first for a moment; 1 when none is older. */
  async findCheckpointBefore(moment: Date, every: number): Promise<number> {
    const rows = await this.#rows<{ number: string }>(CHECKPOINT_BEFORE_SQL, [moment, every])
    return Number(rows[0]?.number ?? 1)
  }

  /** The rows of an append-only table beside the reviews, in the order they were written. */
  readLog(table: AuditLogName): AsyncGenerator<AuditLogRow> {
    return readLogRows(this.#client, table)
  }

  /** The names `readLog` takes. */
  readonly logs = Object.keys(AUDIT_LOGS) as AuditLogName[]

  /** Every policy a review may name, with the hash it is stored under. */
  listPolicies(): Promise<{ policyHash: string; bytes: Buffer }[]> {
    return this.#rows('SELECT policy_hash AS "policyHash", bytes FROM gate_policies ORDER BY policy_hash')
  }

  /** How many answered keys name a review that is not in the table. */
  async countLostKeys(): Promise<number> {
    const rows = await this.#rows<{ keys: string }>(LOST_KEYS_SQL)
    return Number(rows[0]?.keys)
  }

  /** The months that were moved to files. */
  async listArchives(): Promise<{ month: string; rowCount: number; manifestHash: string }[]> {
    const rows = await this.#rows<{ month: string; rowCount: string; manifestHash: string }>(ARCHIVES_SQL)
    return rows.map((row) => ({ ...row, rowCount: Number(row.rowCount) }))
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {})
  }

  async #rows<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return guarded(this.#target, async () => (await this.#client.query<Row>(text, values)).rows)
  }

  async *#copy(select: string): AsyncGenerator<AuditRow[]> {
    const stream = this.#client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`))
    const reader = new CopyBinaryReader(AUDIT_COLUMNS)
    const silence = setTimeout(() => this.#hangUp(stream), SILENCE_MS)
    try {
      for await (const piece of stream) {
        silence.refresh()
        const rows = reader.push(piece as Buffer)
        if (rows.length > 0) yield rows
        silence.refresh()
      }
    } catch (error) {
      await guarded(this.#target, () => Promise.reject(error))
    } finally {
      clearTimeout(silence)
    }
  }

  #hangUp(stream: { destroy(error: Error): void }): void {
    stream.destroy(new StoreUnavailableError(this.#target, `it sent nothing for ${SILENCE_MS / 1000} s`))
    void this.#client.end().catch(() => {})
  }
}

const CHAINS_SQL = `
SELECT w.writer_id AS "writerId", w.engine_version AS "engineVersion", w.started_at AS "startedAt",
  w.genesis_hash AS "genesisHash", coalesce(b.last_seq, 0) AS "lastBatchSeq",
  coalesce(r.rows, 0) AS rows, r.first_seq AS "firstRowSeq", r.last_seq AS "lastRowSeq"
FROM audit_writers w
LEFT JOIN (SELECT writer_id, max(last_seq) AS last_seq FROM audit_batches GROUP BY writer_id) b USING (writer_id)
LEFT JOIN (SELECT writer_id, count(*) AS rows, min(seq) AS first_seq, max(seq) AS last_seq
  FROM llm_decision_reviews GROUP BY writer_id) r USING (writer_id)
ORDER BY w.started_at, w.writer_id`

const UNREGISTERED_SQL = `
SELECT writer_id AS "writerId", min(seq) AS "firstSeq", max(seq) AS "lastSeq" FROM llm_decision_reviews r
WHERE NOT EXISTS (SELECT FROM audit_writers w WHERE w.writer_id = r.writer_id)
GROUP BY writer_id ORDER BY writer_id`

const BATCHES_SQL = `
SELECT last_seq AS seq, last_row_hash AS "rowHash" FROM audit_batches
WHERE writer_id = $1 AND last_seq BETWEEN $2 AND $3`

const WRITTEN_SQL = `
SELECT writer_id AS "writerId", min(seq) AS "fromSeq", max(seq) AS "toSeq" FROM llm_decision_reviews
WHERE created_at >= $1 AND created_at < $2 GROUP BY writer_id ORDER BY writer_id`

interface CheckpointRow extends Omit<CheckpointColumns, 'number'> {
  number: string
  bytes: Buffer
  signature: Buffer
}

const CHECKPOINTS_SQL = `
SELECT number, taken_at AS "takenAt", previous_hash AS "previousHash", key_id AS "keyId", bytes, signature
FROM audit_checkpoints WHERE number > $1 ORDER BY number LIMIT $2`

const LOST_KEYS_SQL = `
SELECT count(*) AS keys FROM review_keys k
WHERE review_id IS NOT NULL AND NOT EXISTS (SELECT FROM llm_decision_reviews r WHERE r.id = k.review_id)`

const CHECKPOINT_BEFORE_SQL = `
SELECT max(number) AS number FROM audit_checkpoints WHERE taken_at <= $1 AND (number - 1) % $2 = 0`

const ARCHIVES_SQL = `
SELECT month, row_count AS "rowCount", manifest_hash AS "manifestHash" FROM audit_archives ORDER BY month`

function toChain(row: StoredChain): StoredChain {
  const optional = (value: number | null) => (value === null ? null : Number(value))
  return {
    ...row,
    // The driver gives infinity as a number; nobody began then.
    startedAt: new Date(row.startedAt),
    lastBatchSeq: Number(row.lastBatchSeq),
    rows: Number(row.rows),
    firstRowSeq: optional(row.firstRowSeq),
    lastRowSeq: optional(row.lastRowSeq),
  }
}

/** COPY takes no parameters; ids and times are ours, and are written so that nothing else could pass. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function isWritten({ from, to }: Stretch): string {
  return `created_at >= ${literal(from.toISOString())} AND created_at < ${literal(to.toISOString())}`
}

/** A place as the database takes it; beyond the safe integers, where a number is no longer exact, the utmost one. */
function integer(value: number): string {
  if (value > Number.MAX_SAFE_INTEGER) return '9223372036854775807'
  return value < Number.MIN_SAFE_INTEGER ? '-9223372036854775808' : String(Math.trunc(value))
}
