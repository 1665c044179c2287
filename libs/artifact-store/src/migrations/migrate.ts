import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import { Client, DatabaseError } from 'pg'

import { describeTarget, guarded } from '../connection.ts'
import { MigrationLockTimeoutError, RoleMissingError } from '../errors.ts'
import { HISTORY, MIGRATIONS_FOLDER, appliedMigrations, committedMigrations, pendingMigrations } from './history.ts'

export interface MigrateOptions {
  migrationsFolder?: string
  /** How long to wait for another process that is migrating. */
  lockWaitMs?: number
}

/**
 * Brings a database to the committed migrations and names those it applied. Any number of processes may call it at
 * once. Throws `MigrationEditedError`, `MigrationOutOfOrderError`, `MigrationLockTimeoutError`, `RoleMissingError`
 * and `StoreUnavailableError`.
 */
export async function migrate(ownerUrl: string, options: MigrateOptions = {}): Promise<{ applied: string[] }> {
  const { migrationsFolder = MIGRATIONS_FOLDER, lockWaitMs = LOCK_WAIT_MS } = options
  const target = describeTarget(ownerUrl)
  const client = new Client({
    connectionString: ownerUrl,
    application_name: 'torghut-migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  })
  client.on('error', () => {})
  try {
    await guarded(target, () => client.connect())
    await guarded(target, () => lock(client, lockWaitMs))
    await guarded(target, () => requireRoles(client))
    const applied = await guarded(target, () => appliedMigrations(client))
    const pending = pendingMigrations(committedMigrations(migrationsFolder), applied)
    await guarded(target, () => applyMigrations(drizzle({ client }), { migrationsFolder, ...HISTORY }))
    return { applied: pending.map((migration) => migration.tag) }
  } finally {
    await client.end().catch(() => {})
  }
}

/** Long enough for a migration of a big table in the process before us. */
const LOCK_WAIT_MS = 120_000

const CONNECT_TIMEOUT_MS = 10_000

/** Any constant; "torghut" in ASCII, so that it can be recognised in pg_locks. */
const LOCK_KEY = '32773634450290036'

const ROLES = ['torghut_app', 'torghut_approver']

/** The lock belongs to this connection and ends with it, also when the process dies. */
async function lock(client: Client, waitMs: number): Promise<void> {
  try {
    await client.query(`SET lock_timeout = ${Math.trunc(waitMs)}`)
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY])
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '55P03') {
      throw new MigrationLockTimeoutError(waitMs, { cause: error })
    }
    throw error
  }
}

async function requireRoles(client: Client): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>(
    'SELECT rolname FROM pg_roles WHERE rolname = ANY($1)',
    [ROLES],
  )
  const present = new Set(rows.map((row) => row.rolname))
  const missing = ROLES.filter((role) => !present.has(role))
  if (missing.length > 0) throw new RoleMissingError(missing)
}
