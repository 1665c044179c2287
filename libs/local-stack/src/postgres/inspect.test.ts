import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StartAbortedError } from '../errors.ts'
import { eventually } from '../test-programs/watch.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { inspectPostgres, packagedPostgres } from './inspect.ts'

let place: string
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'torghut-inspect-'))
})
afterAll(() => rm(place, { recursive: true }))

test('packagedPostgres() says which server npm installed', async () => {
  expect((await packagedPostgres()).version).toMatch(/^postgres \(PostgreSQL\) 18\./)
})

test('inspectPostgres() tells an absent, a running and a stopped server apart', async () => {
  const dataDir = join(place, 'data')
  expect(await inspectPostgres(dataDir)).toEqual({ state: 'absent' })
  const { pid, urls, stop } = await startEmbeddedPostgres({ dataDir })
  if (process.platform === 'linux') expect(await inspectPostgres(dataDir)).toEqual({ state: 'running', pid, urls })
  await stop()
  expect(await inspectPostgres(dataDir)).toEqual({ state: 'stopped' })
})

test('startEmbeddedPostgres() called off before it began makes no database', async () => {
  const dataDir = join(place, 'early')
  const start = startEmbeddedPostgres({ dataDir, signal: AbortSignal.abort() })
  await expect(start).rejects.toBeInstanceOf(StartAbortedError)
  expect(await readdir(dataDir)).toEqual(['passwords.json'])
})

test('startEmbeddedPostgres() called off while initdb runs ends it and keeps no half of anything', async () => {
  const dataDir = join(place, 'half')
  const controller = new AbortController()
  const start = startEmbeddedPostgres({ dataDir, signal: controller.signal }).catch((error: unknown) => error)
  const files = () => (existsSync(dataDir) ? readdirSync(dataDir, { recursive: true }) : [])
  await eventually(() => files().some((path) => String(path).endsWith('PG_VERSION')))
  controller.abort()
  const refused = await start
  expect(refused).toBeInstanceOf(StartAbortedError)
  expect((refused as Error).cause).toMatchObject({ message: expect.stringContaining('initdb ended with SIG') })
  expect((await readdir(dataDir)).filter((name) => name.startsWith('cluster'))).toEqual([])
})

test('startEmbeddedPostgres() does not hear a signal once it serves', async () => {
  const controller = new AbortController()
  const { stop, exited } = await startEmbeddedPostgres({ dataDir: join(place, 'serving'), signal: controller.signal })
  controller.abort()
  expect(await Promise.race([exited, delay(300, 'serves')])).toBe('serves')
  await stop()
})
