import { canonicalJson } from '@torghut/contracts'
import type { Pool } from 'pg'

/** A finished node of a run that may be resumed. Output and trace are JSON. */
export interface StoredCheckpoint {
  runId: string
  nodeId: string
  nodeVersion: string
  inputHash: string
  output: unknown
  trace: unknown
}

/** The same as it is stored: output and trace as canonical JSON. */
export interface CheckpointRow {
  run_id: string
  node_id: string
  node_version: string
  input_hash: string
  output: Buffer
  trace: Buffer
}

/** A checkpoint as a row. Throws on an output or trace that JSON cannot hold. */
export function toCheckpointRow(checkpoint: StoredCheckpoint): CheckpointRow {
  return {
    run_id: checkpoint.runId,
    node_id: checkpoint.nodeId,
    node_version: checkpoint.nodeVersion,
    input_hash: checkpoint.inputHash,
    output: toBytes(checkpoint.output),
    trace: toBytes(checkpoint.trace),
  }
}

/** The finished nodes of a run, by node id. */
export async function listCheckpoints(pool: Pool, runId: string): Promise<StoredCheckpoint[]> {
  const { rows } = await pool.query<CheckpointRow>(
    `SELECT ${COLUMNS} FROM program_runs WHERE run_id = $1 ORDER BY node_id COLLATE "C"`,
    [runId],
  )
  return rows.map(toCheckpoint)
}

/**
 * Keeps a finished node in one statement, so in one transaction, and returns what stands: of the same work (node
 * version and input) what was saved first, of other work the new.
 */
export async function saveCheckpoint(pool: Pool, row: CheckpointRow): Promise<StoredCheckpoint> {
  const { run_id: runId, node_id: nodeId } = row
  const values = [runId, nodeId, row.node_version, row.input_hash, row.output, row.trace]
  const saved = await pool.query<CheckpointRow>(SAVE_SQL, values)
  // Nothing comes back when the same work was saved before, maybe a moment ago by somebody else: read it then.
  const stands = saved.rows[0] ?? (await pool.query<CheckpointRow>(FIND_SQL, [runId, nodeId])).rows[0]
  if (stands === undefined) throw new TypeError(`Node "${nodeId}" of run "${runId}" was forgotten while it was saved`)
  return toCheckpoint(stands)
}

/** Forgets a run that needs no resuming any more; returns how many nodes it had. */
export async function deleteCheckpoints(pool: Pool, runId: string): Promise<number> {
  const { rowCount } = await pool.query('DELETE FROM program_runs WHERE run_id = $1', [runId])
  return rowCount ?? 0
}

/** Forgets up to `rowsMax` nodes that were saved before an instant, oldest first: of runs nobody will resume. */
export async function deleteOldCheckpoints(
  pool: Pool,
  { savedBefore, rowsMax }: { savedBefore: Date; rowsMax: number },
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM program_runs WHERE (run_id, node_id) IN (
       SELECT run_id, node_id FROM program_runs WHERE saved_at < $1
       ORDER BY saved_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [savedBefore, rowsMax],
  )
  return rowCount ?? 0
}

const COLUMNS = 'run_id, node_id, node_version, input_hash, output, trace'

const FIND_SQL = `SELECT ${COLUMNS} FROM program_runs WHERE run_id = $1 AND node_id = $2`

const SAVE_SQL = `
INSERT INTO program_runs AS kept (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (run_id, node_id) DO UPDATE SET
  node_version = EXCLUDED.node_version, input_hash = EXCLUDED.input_hash,
  output = EXCLUDED.output, trace = EXCLUDED.trace, revision = kept.revision + 1, saved_at = clock_timestamp()
WHERE (kept.node_version, kept.input_hash) IS DISTINCT FROM (EXCLUDED.node_version, EXCLUDED.input_hash)
RETURNING ${COLUMNS}`

function toBytes(value: unknown): Buffer {
  return Buffer.from(canonicalJson(value))
}

function toCheckpoint(row: CheckpointRow): StoredCheckpoint {
  return {
    runId: row.run_id,
    nodeId: row.node_id,
    nodeVersion: row.node_version,
    inputHash: row.input_hash,
    output: JSON.parse(row.output.toString('utf8')),
    trace: JSON.parse(row.trace.toString('utf8')),
  }
}
