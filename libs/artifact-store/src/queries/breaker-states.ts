import { BreakerState } from '@torghut/contracts'
import type { Client, Pool, PoolClient } from 'pg'

/** A breaker as it is stored, and the database's clock when it was read: the clock all replicas share. */
export interface StoredBreaker {
  key: string
  state: BreakerState
  /** Whole milliseconds since 1970. */
  nowMs: number
}

/** What becomes of a breaker. Pure: it may run again when the database asks for another try. */
export type BreakerChange = (state: BreakerState, nowMs: number) => BreakerState

/** Where a trigger announces every breaker that opens, closes or is probed. */
export const BREAKERS_CHANNEL = 'torghut_breakers'

/** The stored breakers of these keys; a key nobody reported on has none. */
export async function listBreakers(client: Pool | Client, keys: readonly string[]): Promise<StoredBreaker[]> {
  const { rows } = await client.query<BreakerRow>(`SELECT ${READ} FROM breaker_states WHERE key = ANY($1)`, [keys])
  return rows.map(toStored)
}

/** Changes a breaker under its row's lock, so that reports of several replicas add up; makes it first when it is new. */
export async function changeBreaker(pool: Pool, key: string, change: BreakerChange): Promise<StoredBreaker> {
  const client = await pool.connect()
  let broken = true
  try {
    await client.query('BEGIN')
    await client.query('INSERT INTO breaker_states (key) VALUES ($1) ON CONFLICT DO NOTHING', [key])
    const before = await lockBreaker(client, key)
    const state = change(before.state, before.nowMs)
    if (state !== before.state) await client.query(SAVE_SQL, [key, ...toColumns(state)])
    await client.query('COMMIT')
    broken = false
    return { ...before, state }
  } finally {
    // A connection with a transaction in an unknown state is closed, which also undoes it.
    client.release(broken)
  }
}

/**
 * Takes the one probe of a half-open breaker for `leaseMs`, in one statement: of all replicas that ask, one gets it.
 * `undefined` when the key has no breaker.
 */
export async function takeBreakerProbe(
  pool: Pool,
  { key, owner, leaseMs }: { key: string; owner: string; leaseMs: number },
): Promise<(StoredBreaker & { taken: boolean }) | undefined> {
  const { rows } = await pool.query<BreakerRow & { taken: boolean }>(TAKE_SQL, [key, owner, Math.ceil(leaseMs)])
  const [row] = rows
  return row === undefined ? undefined : { ...toStored(row), taken: row.taken }
}

interface BreakerRow {
  key: string
  counts: { buckets: unknown; streak: unknown }
  opened_at_ms: number | null
  open_until_ms: number | null
  probe_owner: string | null
  probe_until_ms: number | null
  now_ms: number
}

const milliseconds = (instant: string) => `floor(extract(epoch FROM ${instant}) * 1000)::float8`

const READ = `key, counts, probe_owner, ${milliseconds('opened_at')} AS opened_at_ms,
  ${milliseconds('open_until')} AS open_until_ms, ${milliseconds('probe_until')} AS probe_until_ms,
  ${milliseconds('clock_timestamp()')} AS now_ms`

/** The clock is read outside the locking part: the time of a report is when it got the lock, not when it began to wait. */
const LOCK_SQL = `WITH locked AS MATERIALIZED (SELECT * FROM breaker_states WHERE key = $1 FOR UPDATE) SELECT ${READ} FROM locked`

async function lockBreaker(client: PoolClient, key: string): Promise<StoredBreaker> {
  const { rows } = await client.query<BreakerRow>(LOCK_SQL, [key])
  const [row] = rows
  if (row === undefined) throw new TypeError(`Breaker "${key}" vanished while it was changed`)
  return toStored(row)
}

const instant = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000)`

const SAVE_SQL = `
UPDATE breaker_states SET
  state = CASE WHEN $3::float8 IS NULL THEN 'closed' ELSE 'open' END,
  opened_at = ${instant('$2')}, open_until = ${instant('$3')},
  probe_owner = $4, probe_until = ${instant('$5')}, counts = $6, updated_at = clock_timestamp()
WHERE key = $1`

function toColumns({ openedAtMs, openUntilMs, probe, buckets, streak }: BreakerState) {
  return [openedAtMs, openUntilMs, probe?.owner ?? null, probe?.untilMs ?? null, JSON.stringify({ buckets, streak })]
}

const TAKE_SQL = `
WITH taken AS (
  UPDATE breaker_states
  SET probe_owner = $2, probe_until = clock_timestamp() + $3::float8 * interval '1 millisecond',
    updated_at = clock_timestamp()
  WHERE key = $1 AND open_until <= clock_timestamp() AND (probe_until IS NULL OR probe_until <= clock_timestamp())
  RETURNING *
)
SELECT true AS taken, ${READ} FROM taken
UNION ALL
SELECT false, ${READ} FROM breaker_states WHERE key = $1 AND NOT EXISTS (SELECT FROM taken)`

function toStored(row: BreakerRow): StoredBreaker {
  const { key, counts, now_ms: nowMs } = row
  const probe = row.probe_owner === null ? null : { owner: row.probe_owner, untilMs: row.probe_until_ms }
  const state = BreakerState.parse({
    buckets: counts.buckets,
    streak: counts.streak,
    openedAtMs: row.opened_at_ms,
    openUntilMs: row.open_until_ms,
    probe,
  })
  return { key, state, nowMs }
}
