import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { exampleSubmission } from '@torghut/contracts/testing'
import { freePort, startEmbeddedPostgres } from '@torghut/local-stack'
import type { EmbeddedPostgres } from '@torghut/local-stack'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'

import { completeEnvironment } from './support/complete-environment.ts'
import { leftRunning, marked } from './support/left-running.ts'
import { startReviewApi, startTorghut } from './support/run-torghut.ts'
import type { Running } from './support/run-torghut.ts'
import { getJson, postJson, removeFolder, temporaryFolder } from './support/running-stack.ts'

// Whole stacks start here, several in some tests, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

/** A server "of your own": started by the test, known to the processes by its URLs alone. */
let folder: string
let server: EmbeddedPostgres

beforeAll(async () => {
  folder = temporaryFolder()
  server = await startEmbeddedPostgres({ dataDir: join(folder, 'server') })
  const { code } = await startTorghut({ args: ['migrate'], env: { DATABASE_MIGRATION_URL: server.urls.owner } })
    .result
  expect(code).toBe(0)
})

afterAll(async () => {
  await server.stop()
  removeFolder(folder)
})

const running: Running[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ process: kept }) => kept.stop()))
})

/** The whole environment of an API in production, but for what a test changes. */
function api(env: Record<string, string>): Running {
  const started = startReviewApi({ ...completeEnvironment, ...env })
  running.push(started)
  return started
}

/** A refused start: exit code 2 and one line that says what to do and repeats no password. */
async function expectRefusal(command: Running, line: RegExp): Promise<void> {
  const { code, stderr, stdout } = await command.result
  expect(stderr).toEqual([expect.stringMatching(line)])
  expect([...stderr, ...stdout].join('\n')).not.toContain('hunter2')
  expect(code).toBe(2)
}

/** 192.0.2.0/24 is for documentation (RFC 5737), so no machine has it; a foreign address needs keys. */
function noKeys(): string {
  const file = join(folder, 'keys.json')
  writeFileSync(file, '{"keys":[]}')
  return file
}

/** The URL of a role with another part changed. */
function changed(url: string, change: Partial<Pick<URL, 'username' | 'password' | 'pathname'>>): string {
  return Object.assign(new URL(url), change).toString()
}

const mistakes: [string, () => Record<string, string>, RegExp][] = [
  [
    'a wrong password',
    () => ({ DATABASE_URL: changed(server.urls.application, { password: 'hunter2' }) }),
    /refuses the login .*: check user and password in DATABASE_URL$/,
  ],
  [
    'an unknown role',
    () => ({ DATABASE_URL: changed(server.urls.application, { username: 'nobody' }) }),
    /refuses the login .*: check user and password in DATABASE_URL$/,
  ],
  [
    'an unknown database',
    () => ({ DATABASE_URL: changed(server.urls.superuser, { pathname: '/nowhere' }) }),
    /database "nowhere" does not exist: create the database of DATABASE_URL and run torghut migrate$/,
  ],
  [
    'a role that may not store reviews',
    () => ({ DATABASE_URL: server.urls.approver }),
    /Role of DATABASE_URL lacks a right .*: use the application role$/,
  ],
  [
    'the owner in live',
    () => ({ DATABASE_URL: server.urls.owner, TRADING_MODE: 'live' }),
    /DATABASE_URL names "torghut_owner", a superuser or the owner of the tables: use the application role$/,
  ],
  [
    'a superuser in live',
    () => ({ DATABASE_URL: server.urls.superuser, TRADING_MODE: 'live' }),
    /DATABASE_URL names "postgres", a superuser or the owner of the tables: use the application role$/,
  ],
  [
    'a database that was never migrated',
    () => ({ DATABASE_URL: changed(server.urls.superuser, { pathname: '/postgres' }) }),
    /Database lacks migrations "0000_tables".*: run torghut migrate$/,
  ],
  [
    'a URL that is none',
    () => ({ DATABASE_URL: 'torghut:hunter2@db' }),
    /Cannot read the database URL: expected postgres:/,
  ],
  [
    'a file of keys that is not there',
    () => ({ DATABASE_URL: server.urls.application, TORGHUT_API_KEYS_FILE: '/nowhere/keys.json' }),
    /Cannot read the keys of TORGHUT_API_KEYS_FILE: ENOENT/,
  ],
  [
    'a file of keys that is empty',
    () => ({ DATABASE_URL: server.urls.application, TORGHUT_API_KEYS_FILE: '/dev/null' }),
    /Cannot read the keys of TORGHUT_API_KEYS_FILE: Unexpected end of JSON/,
  ],
  [
    'a host that is not this machine',
    () => ({ DATABASE_URL: server.urls.application, HOST: '192.0.2.1', TORGHUT_API_KEYS_FILE: noKeys() }),
    /EADDRNOTAVAIL.*: set HOST to an address of this machine$/,
  ],
]

test.each(mistakes)(
  'review-api refuses %s in one line instead of waiting for ever',
  async (_what, env, line) => {
    await expectRefusal(api(env()), new RegExp(`^review-api: .*${line.source}`))
  },
)

test('review-api serves the owner in paper and warns about it', async () => {
  const command = api({ DATABASE_URL: server.urls.owner })
  const warning = await command.line('"msg":"The database role could change')
  expect(JSON.parse(warning)).toMatchObject({ level: 40, role: 'torghut_owner' })
  await command.line('"msg":"Ready to review"')
})

test('torghut up shows the words of the API that refused, and no stack', async () => {
  const DATABASE_URL = changed(server.urls.application, { password: 'hunter2' })
  const command = startTorghut({
    args: ['up', '--port', '0', '--data-dir', join(folder, 'up')],
    env: { DATABASE_URL, ...marked(join(folder, 'up')) },
  })
  await expectRefusal(
    command,
    /^torghut: review API exited with code 2: PostgreSQL refuses the login .*: check user and password in /,
  )
  expect(await leftRunning(join(folder, 'up'))).toEqual([])
})

test('torghut migrate and up name DATABASE_MIGRATION_URL when its login is refused', async () => {
  const env = {
    DATABASE_URL: server.urls.application,
    DATABASE_MIGRATION_URL: changed(server.urls.owner, { password: 'hunter2' }),
  }
  const line = /^torghut: PostgreSQL refuses the login .*: check user and password in DATABASE_MIGRATION_URL$/
  await expectRefusal(startTorghut({ args: ['migrate'], env }), line)
  await expectRefusal(
    startTorghut({ args: ['up', '--port', '0', '--data-dir', join(folder, 'up')], env }),
    line,
  )
})

test('review-api without PostgreSQL is alive, says why it is not ready, and is ready once it comes', async () => {
  const command = await withoutServer(() => api({ DATABASE_URL: server.urls.application }))
  const { address } = JSON.parse(await command.line('"msg":"Listening"')) as { address: string }
  await command.line('"msg":"Waiting for the database"')
  expect(await getJson(`${address}/healthz`)).toMatchObject({ status: 200 })
  const waiting = await getJson(`${address}/readyz`)
  expect(waiting).toMatchObject({ status: 503, body: { status: 'starting' } })
  expect(waiting.body['reasons']).toContainEqual({
    name: 'database',
    reason: expect.stringContaining('ECONNREFUSED'),
  })
  const journalled = await postJson(`${address}/v1/reviews`, {
    ...exampleSubmission(),
    trade_decision_id: randomUUID(),
  })
  expect(journalled).toMatchObject({ status: 200, body: { receipt: { state: 'journalled' } } })

  server = await startEmbeddedPostgres({ dataDir: join(folder, 'server'), port: server.port })
  await command.line('"msg":"Ready to review"')
  expect(await getJson(`${address}/readyz`)).toMatchObject({ status: 200 })
  const answered = await postJson(`${address}/v1/reviews`, {
    ...exampleSubmission(),
    trade_decision_id: randomUUID(),
  })
  expect(answered).toMatchObject({ status: 200, body: { receipt: { seq: 1 } } })
  await command.line('"msg":"Journal is drained"')
  const { review_id: reviewId } = journalled.body
  const kept = await getJson(`${address}/v1/reviews/${String(reviewId)}`)
  expect(kept).toMatchObject({ status: 200, body: { receipt: { seq: 1, writer_id: expect.any(String) } } })
})

test('torghut up waits for a late PostgreSQL with a visible reason, migrates it and is ready', async () => {
  const env = { DATABASE_URL: server.urls.application, DATABASE_MIGRATION_URL: server.urls.owner }
  const command = await withoutServer(() =>
    startTorghut({ args: ['up', '--port', '0', '--data-dir', join(folder, 'late')], env }),
  )
  running.push(command)
  expect(await command.line('migrations wait: ')).toContain('ECONNREFUSED')
  server = await startEmbeddedPostgres({ dataDir: join(folder, 'server'), port: server.port })
  await command.line('review API   http://')
})

test('a start that waits for PostgreSQL ends at once when it is told to', async () => {
  const env = { DATABASE_URL: `postgres://torghut_app:hunter2@127.0.0.1:${await freePort()}/torghut` }
  const alone = api(env)
  await alone.line('"msg":"Waiting for the database"')
  process.kill(alone.process.pid, 'SIGTERM')
  expect((await alone.result).code).toBe(0)

  const place = join(folder, 'waiting')
  const up = startTorghut({
    args: ['up', '--port', '0', '--data-dir', place],
    env: { ...env, ...marked(place) },
  })
  await up.line('review API waits: database: ')
  process.kill(up.process.pid, 'SIGINT')
  expect(await up.result).toMatchObject({ code: 0, stderr: [] })
  expect(await leftRunning(place)).toEqual([])
})

/** Stops the server, starts something that needs it, and leaves it to the test to bring the server back. */
async function withoutServer(start: () => Running): Promise<Running> {
  await server.stop()
  onTestFinished(async () => {
    const back = await startEmbeddedPostgres({ dataDir: join(folder, 'server'), port: server.port }).catch(
      () => null,
    )
    if (back !== null) server = back
  })
  return start()
}
