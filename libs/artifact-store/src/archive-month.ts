import { Client } from 'pg'

import { describeTarget, guarded } from './connection.ts'
import { ArchiveRefusedError } from './errors.ts'

export interface ArchivedMonth {
  /** The role that owns the tables. */
  ownerUrl: string
  /** `YYYY-MM`, in UTC. */
  month: string
  /** How many rows were written to files; the partition must hold exactly as many. */
  rowCount: number
  manifestHash: string
}

/** Longest to wait for readers of the table, so that new reviews do not queue up behind us. */
const LOCK_WAIT_MS = 5_000

/**
 * Detaches the partition of a month, drops it and notes where its rows went, all or nothing. Throws
 * `ArchiveRefusedError` when there is no such partition, its rows are not as many, or some lie in the default one.
 */
export async function archiveMonth({ ownerUrl, month, rowCount, manifestHash }: ArchivedMonth): Promise<void> {
  const target = describeTarget(ownerUrl)
  const client = new Client({
    connectionString: ownerUrl,
    application_name: 'torghut-archive',
    connectionTimeoutMillis: 10_000,
    statement_timeout: 60_000,
    keepAlive: true,
  })
  client.on('error', () => {})
  try {
    await guarded(target, async () => {
      await client.connect()
      await client.query('BEGIN')
      await client.query(`SET LOCAL lock_timeout = ${LOCK_WAIT_MS}`)
      const partition = await requirePartition(client, month, rowCount)
      await client.query(`ALTER TABLE llm_decision_reviews DETACH PARTITION ${partition}`)
      await client.query(`DROP TABLE ${partition}`)
      const values = [month, rowCount, manifestHash]
      await client.query('INSERT INTO audit_archives (month, row_count, manifest_hash) VALUES ($1, $2, $3)', values)
      await client.query('COMMIT')
    })
  } finally {
    await client.end().catch(() => {})
  }
}

async function requirePartition(client: Client, month: string, rowCount: number): Promise<string> {
  if (!/^\d{4}-\d{2}$/.test(month)) throw new ArchiveRefusedError(month, 'it is no month')
  const partition = `llm_decision_reviews_${month.replace('-', '_')}`
  const { rows } = await client.query<{ attached: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'llm_decision_reviews'::regclass
       AND inhrelid = to_regclass($1)) AS attached`,
    [partition],
  )
  if (rows[0]?.attached !== true) throw new ArchiveRefusedError(month, 'it has no partition of its own')
  await client.query(`LOCK TABLE ${partition} IN ACCESS EXCLUSIVE MODE`)
  const found = await countRows(client, partition, month)
  if (found.strays > 0) throw new ArchiveRefusedError(month, `${found.strays} of its rows lie in the default partition`)
  if (found.rows !== rowCount) throw new ArchiveRefusedError(month, `it has ${found.rows} rows, and ${rowCount} were written`)
  return partition
}

async function countRows(client: Client, partition: string, month: string): Promise<{ rows: number; strays: number }> {
  const { rows } = await client.query<{ rows: string; strays: string }>(
    `SELECT (SELECT count(*) FROM ${partition}) AS rows,
       (SELECT count(*) FROM llm_decision_reviews_default
        WHERE to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM') = $1) AS strays`,
    [month],
  )
  return { rows: Number(rows[0]?.rows), strays: Number(rows[0]?.strays) }
}
