import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { ClientBase, Pool } from 'pg'

import { MigrationEditedError, MigrationOutOfOrderError, SchemaMismatchError } from '../errors.ts'

/** Where drizzle records what it applied; beside our tables, so that the application may read it. */
export const HISTORY = { migrationsSchema: 'public', migrationsTable: 'schema_migrations' } as const

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url))

export interface CommittedMigration {
  tag: string
  hash: string
  /** Milliseconds since 1970, as the journal holds it: the order of migrations and their key in the database. */
  stamp: number
}

export interface AppliedMigration {
  hash: string
  stamp: number
}

/** The migrations that lie in a folder, oldest first. */
export function committedMigrations(folder: string): CommittedMigration[] {
  const tags = readdirSync(folder).filter((file) => file.endsWith('.sql')).sort()
  return readMigrationFiles({ migrationsFolder: folder }).map((migration, index) => ({
    tag: (tags[index] ?? '').replace(/\.sql$/, ''),
    hash: migration.hash,
    stamp: migration.folderMillis,
  }))
}

/** The migrations a database says it has, oldest first; none when it was never migrated. */
export async function appliedMigrations(client: ClientBase | Pool): Promise<AppliedMigration[]> {
  const found = await client.query<{ present: boolean }>(
    "SELECT to_regclass('public.schema_migrations') IS NOT NULL AS present",
  )
  if (found.rows[0]?.present !== true) return []
  const { rows } = await client.query<{ hash: string; created_at: string }>(
    'SELECT hash, created_at FROM public.schema_migrations ORDER BY created_at',
  )
  return rows.map((row) => ({ hash: row.hash, stamp: Number(row.created_at) }))
}

/**
 * What is left to apply. Throws when history and files contradict each other: drizzle itself compares only the newest
 * time, so it would run beside an edited file and skip a late one without a word.
 */
export function pendingMigrations(committed: CommittedMigration[], applied: AppliedMigration[]): CommittedMigration[] {
  const hashes = new Map(applied.map((migration) => [migration.stamp, migration.hash]))
  const newest = Math.max(0, ...hashes.keys())
  const pending: CommittedMigration[] = []
  for (const migration of committed) {
    const hash = hashes.get(migration.stamp)
    if (hash === undefined && migration.stamp < newest) throw new MigrationOutOfOrderError(migration.tag)
    if (hash === undefined) pending.push(migration)
    else if (hash !== migration.hash) throw new MigrationEditedError(migration.tag)
  }
  const known = new Set(committed.map((migration) => migration.stamp))
  const unknownCount = [...hashes.keys()].filter((stamp) => !known.has(stamp)).length
  if (unknownCount > 0) throw new SchemaMismatchError([], unknownCount)
  return pending
}
