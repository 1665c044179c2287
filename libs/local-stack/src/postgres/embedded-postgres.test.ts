import { spawn } from 'node:child_process'
import type { StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { DataDirInUseError, DataDirNotWritableError, PasswordsLostError, PostgresStartError } from '../errors.ts'
import { eventually, isRunning, isZombie, pidIn, processesMentioning, runProgram } from '../test-programs/watch.ts'
import type { Program } from '../test-programs/watch.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import type { EmbeddedPostgres } from './embedded-postgres.ts'

const onLinux = process.platform === 'linux'
const asRoot = process.getuid?.() === 0

/** One data directory for the whole file. mkdtemp closes it to others, so root reaches it through /proc. */
let place: string
let dataDir: string
let server: EmbeddedPostgres

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'torghut-postgres-'))
  dataDir = join(place, 'data')
  server = await startEmbeddedPostgres({ dataDir })
})

afterAll(async () => {
  await server.stop()
  await rm(place, { recursive: true })
})

async function query(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    let rows: unknown[] = []
    for (const statement of statements) ({ rows } = await client.query(statement))
    return rows
  } finally {
    await client.end()
  }
}

const anotherDatabase = (url: string, name: string) => url.replace(/\/torghut$/, `/${name}`)

test('startEmbeddedPostgres() lets the three roles in under their own names, none with more than a login', async () => {
  const self = `select current_user as role,
    rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls as strong
    from pg_roles where rolname = current_user`
  expect(await query(server.urls.owner, self)).toEqual([{ role: 'torghut_owner', strong: false }])
  expect(await query(server.urls.application, self)).toEqual([{ role: 'torghut_app', strong: false }])
  expect(await query(server.urls.approver, self)).toEqual([{ role: 'torghut_approver', strong: false }])
})

test('startEmbeddedPostgres() lets only the owner create, and others see only what it grants', async () => {
  await query(server.urls.owner, 'create table kept (id int)', 'insert into kept values (7)')
  for (const url of [server.urls.application, server.urls.approver]) {
    await expect(query(url, 'create table mine (id int)')).rejects.toThrow('permission denied for schema public')
    await expect(query(url, 'create schema mine')).rejects.toThrow('permission denied for database torghut')
    await expect(query(url, 'select * from kept')).rejects.toThrow('permission denied for table kept')
    await expect(query(url, 'drop table kept')).rejects.toThrow('must be owner of table kept')
  }
  const open = `select has_schema_privilege('public', 'public', 'usage') as to_all`
  expect(await query(server.urls.owner, open)).toEqual([{ to_all: false }])
  await query(server.urls.owner, 'grant select on kept to torghut_app')
  expect(await query(server.urls.application, 'select * from kept')).toEqual([{ id: 7 }])
})

test('startEmbeddedPostgres() keeps the roles out of the other databases', async () => {
  for (const url of [server.urls.owner, server.urls.application, server.urls.approver]) {
    await expect(query(anotherDatabase(url, 'postgres'))).rejects.toThrow('permission denied for database "postgres"')
    await expect(query(anotherDatabase(url, 'template1'))).rejects.toThrow('permission denied for database "template1"')
  }
})

test('startEmbeddedPostgres() asks for the right password', async () => {
  const { owner, application } = server.urls
  const swapped = application.replace(new URL(application).password, new URL(owner).password)
  await expect(query(swapped)).rejects.toThrow('password authentication failed')
})

test('startEmbeddedPostgres() sets up a durable UTF-8 database on the loopback alone', async () => {
  const settings = `select name, setting from pg_settings where name in
    ('listen_addresses', 'unix_socket_directories', 'fsync', 'data_checksums', 'TimeZone', 'password_encryption')`
  const rows = (await query(server.urls.superuser, settings)) as { name: string; setting: string }[]
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'on',
    data_checksums: 'on',
    TimeZone: 'UTC',
    password_encryption: 'scram-sha-256',
  })
  const locale = `select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale
    from pg_database where datname = 'torghut'`
  expect(await query(server.urls.owner, locale)).toEqual([{ encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' }])
})

test('startEmbeddedPostgres() hides the passwords from other accounts and its words from the log', async () => {
  expect((await stat(join(dataDir, 'passwords.json'))).mode & 0o777).toBe(0o600)
  const log = await readFile(server.logFile, 'utf8')
  for (const url of Object.values(server.urls)) expect(log).not.toContain(new URL(url).password)
})

test('startEmbeddedPostgres() refuses a directory that a living server serves, and names its pid', async () => {
  const second = await startEmbeddedPostgres({ dataDir }).catch((error: unknown) => error)
  expect(second).toBeInstanceOf(DataDirInUseError)
  expect(second).toMatchObject({ pid: server.pid, code: 'DATA_DIR_IN_USE' })
  expect(await query(server.urls.owner, 'select 1 as alive')).toEqual([{ alive: 1 }])
})

test('startEmbeddedPostgres() keeps data, passwords and a given port over a restart', async () => {
  const { urls, port, pid } = server
  await server.stop()
  expect(isRunning(pid)).toBe(false)
  expect((await server.exited).code).toBe(0)
  server = await startEmbeddedPostgres({ dataDir, port })
  expect(server.urls).toEqual(urls)
  expect(await query(urls.application, 'select * from kept')).toEqual([{ id: 7 }])
})

test('startEmbeddedPostgres() starts over a pid file that names another program', async () => {
  const pid = await runUnderServerAccount('echo $$; exec sleep 600')
  await startOverPidFileNaming(pid)
})

test.runIf(onLinux)('startEmbeddedPostgres() starts over a pid file that names a zombie', async () => {
  const zombie = await runUnderServerAccount('sleep 0 & echo $!; exec sleep 600')
  await eventually(() => isZombie(zombie))
  await startOverPidFileNaming(zombie)
})

test('startEmbeddedPostgres() starts over a pid file that names nobody', async () => {
  await startOverPidFileNaming(2 ** 22 + 1) // Above the largest pid that Linux hands out.
})

/** PostgreSQL itself passes over pids of other accounts, so the trap only closes under its own. */
async function runUnderServerAccount(script: string): Promise<number> {
  const { uid, gid } = await stat(join(dataDir, 'cluster'))
  const stdio: StdioOptions = ['ignore', 'pipe', 'ignore']
  const stranger = spawn('/bin/sh', ['-c', script], { cwd: '/', stdio, ...(asRoot && { uid, gid }) })
  onTestFinished(() => void stranger.kill())
  const [output] = (await once(stranger.stdout!, 'data')) as [Buffer]
  return Number(output.toString())
}

async function startOverPidFileNaming(pid: number): Promise<void> {
  await server.stop()
  const pidFile = join(dataDir, 'cluster', 'postmaster.pid')
  await writeFile(pidFile, `${pid}\n/somewhere\n1795180799\n5432\n\n127.0.0.1\n\nready\n`, { mode: 0o600 })
  const { uid, gid } = await stat(join(dataDir, 'cluster'))
  if (asRoot) await chown(pidFile, uid, gid)
  server = await startEmbeddedPostgres({ dataDir })
  expect(await query(server.urls.application, 'select * from kept')).toEqual([{ id: 7 }])
}

test.runIf(asRoot)('startEmbeddedPostgres() takes back what root restored, in a directory open to all', async () => {
  await server.stop()
  await chmod(place, 0o755)
  const cluster = join(dataDir, 'cluster')
  for (const name of ['', 'PG_VERSION', 'base', 'global/pg_control']) await chown(join(cluster, name), 0, 0)
  server = await startEmbeddedPostgres({ dataDir })
  expect(await query(server.urls.application, 'select * from kept')).toEqual([{ id: 7 }])
  expect((await stat(cluster)).uid).toBe(65534)
})

test('startEmbeddedPostgres() reports a port that is taken, with the words of the log', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  await server.stop()
  const { port } = other.address() as { port: number }
  const refused = await startEmbeddedPostgres({ dataDir, port }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(PostgresStartError)
  expect((refused as Error).message).toContain('Address already in use')
  server = await startEmbeddedPostgres({ dataDir })
})

test('startEmbeddedPostgres() sets a large log aside and starts a new one', async () => {
  await server.stop()
  await writeFile(server.logFile, 'x'.repeat(1024 * 1024 + 1))
  server = await startEmbeddedPostgres({ dataDir })
  expect((await stat(server.logFile)).size).toBeLessThan(10_000)
  expect((await stat(`${server.logFile}.1`)).size).toBe(1024 * 1024 + 1)
})

test('startEmbeddedPostgres() says so when the passwords of an existing cluster are gone', async () => {
  await server.stop()
  const file = join(dataDir, 'passwords.json')
  const saved = await readFile(file)
  await rm(file)
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(PasswordsLostError)
  await writeFile(file, saved, { mode: 0o600 })
  server = await startEmbeddedPostgres({ dataDir })
})

test('startEmbeddedPostgres() says so when the data directory cannot be made', async () => {
  const file = join(place, 'a-file')
  await writeFile(file, '')
  await expect(startEmbeddedPostgres({ dataDir: join(file, 'data') })).rejects.toThrow(DataDirNotWritableError)
})

test('startEmbeddedPostgres() lets one of two first starts through', async () => {
  const fresh = join(place, 'contested')
  await expectOneOfTwo(fresh)
  expect((await readdir(fresh)).sort()).toEqual(['cluster', 'passwords.json', 'postgres.log'])
})

test('startEmbeddedPostgres() lets one of two later starts through, and clears the yard of a dead one', async () => {
  await server.stop()
  await mkdir(join(dataDir, `cluster.building-${2 ** 22 + 1}-00`, 'cluster'), { recursive: true })
  await expectOneOfTwo(dataDir)
  expect((await readdir(dataDir)).filter((name) => name.includes('building'))).toEqual([])
  server = await startEmbeddedPostgres({ dataDir })
})

async function expectOneOfTwo(dir: string): Promise<void> {
  const outcomes = await Promise.allSettled([1, 2].map(() => startEmbeddedPostgres({ dataDir: dir })))
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  await Promise.all(started.map((one) => one.stop()))
  expect(started).toHaveLength(1)
  expect(refused).toEqual([expect.any(DataDirInUseError)])
}

test.runIf(onLinux)('startEmbeddedPostgres() leaves no server after kill -9 of its parent', async () => {
  await server.stop()
  const parent = runProgram('hold-postgres.ts', dataDir)
  const orphan = pidIn(await parent.line('server pid'))
  process.kill(parent.pid, 'SIGKILL')
  server = await startEmbeddedPostgres({ dataDir })
  expect(isRunning(orphan)).toBe(false)
  expect(await query(server.urls.application, 'select * from kept')).toEqual([{ id: 7 }])
})

/** Moments of a first start: the yard is there, initdb is at work, the roles are being made. */
const moments: Record<string, (yard: string) => Promise<unknown>> = {
  'before initdb': async () => undefined,
  'while initdb runs': (yard) => untilPresent(join(yard, 'cluster', 'base')),
  'while the roles are made': (yard) => untilPresent(join(yard, 'cluster', 'postmaster.pid')),
}

const momentsOnLinux = test.runIf(onLinux).for(Object.entries(moments))

momentsOnLinux('startEmbeddedPostgres() heals a first start killed %s', async ([, moment]) => {
  const fresh = await killFirstStart(moment)
  const healed = await startEmbeddedPostgres({ dataDir: fresh })
  expect(await query(healed.urls.application, 'select current_user as role')).toEqual([{ role: 'torghut_app' }])
  await healed.stop()
  expect((await readdir(fresh)).sort()).toEqual(['cluster', 'passwords.json', 'postgres.log'])
  await eventually(() => processesMentioning(fresh).length === 0)
})

/** A busy machine may let the moment pass before we look; such an attempt proves nothing and is repeated. */
async function killFirstStart(moment: (yard: string) => Promise<unknown>): Promise<string> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const fresh = join(await mkdtemp(join(place, 'killed-')), 'data')
    const parent = runProgram('hold-postgres.ts', fresh)
    const gone = once(parent.process, 'exit')
    await moment(await untilYard(fresh, parent))
    process.kill(parent.pid, 'SIGKILL')
    await gone
    const left = await readdir(fresh)
    if (!left.includes('cluster') && left.some((name) => name.startsWith('cluster.building-'))) return fresh
  }
  throw new Error('Every attempt came too late')
}

async function untilYard(dir: string, parent: Program): Promise<string> {
  await parent.line('Creating the database')
  return eventually(() => {
    const name = readdirSync(dir).find((entry) => entry.startsWith('cluster.building-'))
    return name !== undefined && join(dir, name)
  })
}

async function untilPresent(path: string): Promise<void> {
  await eventually(() => existsSync(path))
}

test.runIf(onLinux)('startEmbeddedPostgres() starts in a directory with blanks and other alphabets', async () => {
  const odd = join(place, "it's größer", 'データ')
  await mkdir(odd, { recursive: true })
  const oddServer = await startEmbeddedPostgres({ dataDir: odd })
  expect(await query(oddServer.urls.owner, 'select 1 as alive')).toEqual([{ alive: 1 }])
  await oddServer.stop()
})
