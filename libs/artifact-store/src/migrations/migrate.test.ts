import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import {
  MigrationEditedError,
  MigrationLockTimeoutError,
  RoleMissingError,
  SchemaMismatchError,
  StoreUnavailableError,
  StoreUrlInvalidError,
} from '../errors.ts'
import { openStore } from '../store.ts'
import { startTestDatabase } from '../testing/start-test-database.ts'
import type { TestDatabase } from '../testing/start-test-database.ts'
import { MIGRATIONS_FOLDER } from './history.ts'
import { migrate } from './migrate.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await startTestDatabase()
})

afterAll(() => database.stop())

test('openStore() refuses a database that was never migrated and says what to run', async () => {
  const { application } = await database.createDatabase('empty')
  const failure = openStore({ applicationUrl: application })
  await expect(failure).rejects.toBeInstanceOf(SchemaMismatchError)
  await expect(failure).rejects.toThrow(/"0000_tables".*run torghut migrate/)
})

test('migrate() applies everything to a fresh database, nothing the second time', async () => {
  const { owner, application } = await database.createDatabase('fresh')
  const { applied } = await migrate(owner)
  expect(applied.slice(0, 3)).toEqual(['0000_tables', '0001_append_only', '0002_reading'])
  expect(await migrate(owner)).toEqual({ applied: [] })
  const store = await openStore({ applicationUrl: application })
  expect(store.role).toEqual({ name: 'torghut_app', isSuperuser: false, ownsTables: false })
  await store.close()
})

test('migrate() run eight times at once applies each migration once', async () => {
  const { owner } = await database.createDatabase('crowd')
  const results = await Promise.all(Array.from({ length: 8 }, () => migrate(owner)))
  expect(results.filter(({ applied }) => applied.length > 0)).toHaveLength(1)
  expect(await count(owner, 'schema_migrations')).toBe(results.flatMap(({ applied }) => applied).length)
})

test('migrate() refuses an applied migration that was edited', async () => {
  const { owner } = await database.createDatabase('edited')
  const migrationsFolder = await mkdtemp(join(tmpdir(), 'torghut-migrations-'))
  try {
    await cp(MIGRATIONS_FOLDER, migrationsFolder, { recursive: true })
    await migrate(owner, { migrationsFolder })
    await appendFile(join(migrationsFolder, '0001_append_only.sql'), '\n-- an afterthought\n')
    const failure = migrate(owner, { migrationsFolder })
    await expect(failure).rejects.toBeInstanceOf(MigrationEditedError)
    await expect(failure).rejects.toMatchObject({ code: 'MIGRATION_EDITED', tag: '0001_append_only' })
  } finally {
    await rm(migrationsFolder, { recursive: true })
  }
})

test('openStore() refuses a database that was migrated from edited files', async () => {
  const { owner, application } = await database.createDatabase('forked')
  await migrate(owner)
  await query(owner, `UPDATE schema_migrations SET hash = repeat('0', 64) WHERE id = 2`)
  await expect(openStore({ applicationUrl: application })).rejects.toBeInstanceOf(MigrationEditedError)
})

test('migrate() waits for another migrating process no longer than it was told', async () => {
  const { owner } = await database.createDatabase('locked')
  const holder = new Client({ connectionString: owner })
  await holder.connect()
  try {
    await holder.query("SELECT pg_advisory_lock(x'746f7267687574'::bigint)")
    await expect(migrate(owner, { lockWaitMs: 100 })).rejects.toBeInstanceOf(MigrationLockTimeoutError)
  } finally {
    await holder.end()
  }
  expect((await migrate(owner)).applied.length).toBeGreaterThan(0)
})

test('migrate() names a role that is missing', async () => {
  const { owner, superuser } = await database.createDatabase('roleless')
  await query(superuser, 'ALTER ROLE torghut_approver RENAME TO torghut_absent')
  try {
    await expect(migrate(owner)).rejects.toThrow(new RoleMissingError(['torghut_approver']))
  } finally {
    await query(superuser, 'ALTER ROLE torghut_absent RENAME TO torghut_approver')
  }
})

test('migrate() and openStore() name an unreachable server, never its password', async () => {
  const url = 'postgres://torghut_app:hunter2@127.0.0.1:1/torghut'
  const openFailure: unknown = await openStore({ applicationUrl: url }).catch((error: unknown) => error)
  const failures = [await migrate(url).catch((error: unknown) => error), openFailure]
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(StoreUnavailableError)
    expect(failure).toMatchObject({ target: '127.0.0.1:1/torghut', cause: { code: 'ECONNREFUSED' } })
    expect(inspectAll(failure)).not.toContain('hunter2')
  }
})

test('openStore() refuses a URL that is none without repeating it', async () => {
  const failure: unknown = await openStore({ applicationUrl: 'torghut:hunter2@db' }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StoreUrlInvalidError)
  expect(inspectAll(failure)).not.toContain('hunter2')
})

test('openStore() tells when it was given a superuser or the owner', async () => {
  const urls = await database.createDatabase('roles')
  await migrate(urls.owner)
  const asSuperuser = await openStore({ applicationUrl: urls.superuser })
  const asOwner = await openStore({ applicationUrl: urls.owner })
  expect(asSuperuser.role).toMatchObject({ isSuperuser: true, ownsTables: true })
  expect(asOwner.role).toEqual({ name: 'torghut_owner', isSuperuser: false, ownsTables: true })
  await Promise.all([asSuperuser.close(), asOwner.close()])
})

function inspectAll(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.stack} ${JSON.stringify(error)} ${inspectAll(error.cause)}`
}

async function count(url: string, table: string): Promise<number> {
  const { rows } = await query(url, `SELECT count(*)::int AS found FROM ${table}`)
  return rows[0]?.found
}

async function query(url: string, text: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(text)
  } finally {
    await client.end()
  }
}
