import { AuditQueueFullError, KeyReusedError, StoreUnavailableError } from '@torghut/artifact-store'
import { expect, test } from 'vitest'

import { DatabaseAwayError, DatabaseLink } from './database-link.ts'

/** Longer than anything here takes. */
const SOON_MS = 10_000

function linkOf(ping: () => Promise<void> = () => Promise.resolve()) {
  const changes: (string | null)[] = []
  const link = new DatabaseLink({ ping, onChange: (reason) => void changes.push(reason) })
  return { link, changes }
}

const gone = () => Promise.reject(new StoreUnavailableError('db', 'ECONNREFUSED'))

test('run() asks nobody until the database was there once', async () => {
  const { link } = linkOf()
  expect(link.away).toBe('not connected yet')
  await expect(link.run(() => Promise.resolve(1), SOON_MS)).rejects.toBeInstanceOf(DatabaseAwayError)
  link.markBack()
  expect(await link.run(() => Promise.resolve(1), SOON_MS)).toBe(1)
})

test('run() takes an unreachable database as away, at once and until it is marked back', async () => {
  const { link, changes } = linkOf()
  link.markBack()
  await expect(link.run(gone, SOON_MS)).rejects.toBeInstanceOf(DatabaseAwayError)
  expect(link.away).toContain('ECONNREFUSED')
  await expect(link.run(() => Promise.resolve(1), SOON_MS)).rejects.toBeInstanceOf(DatabaseAwayError)
  link.markBack()
  link.markBack()
  expect(changes).toEqual([null, expect.stringContaining('ECONNREFUSED'), null])
})

test('run() passes what the database refuses on, and is no less sure of it', async () => {
  const { link } = linkOf()
  link.markBack()
  await expect(link.run(() => Promise.reject(new KeyReusedError('k')), SOON_MS)).rejects.toBeInstanceOf(KeyReusedError)
  expect(link.away).toBeNull()
})

test('run() lets a full queue go to the journal without calling the database away', async () => {
  const { link } = linkOf()
  link.markBack()
  await expect(link.run(() => Promise.reject(new AuditQueueFullError(1)), SOON_MS)).rejects.toBeInstanceOf(DatabaseAwayError)
  expect(link.away).toBeNull()
})

test.each([
  ['answers a look', () => Promise.resolve(), null],
  ['answers no look either', gone, 'no answer within 1000 ms'],
])('run() gives up on a slow database, which is away only when it %s', async (_how, ping, away) => {
  const looked = Promise.withResolvers<null>()
  const { link } = linkOf(() => ping().finally(() => looked.resolve(null)))
  link.markBack()
  const never = new Promise<never>(() => undefined)
  await expect(link.run(() => never, 5)).rejects.toThrow('no answer within 5 ms')
  await looked.promise
  await new Promise(setImmediate)
  expect(link.away).toBe(away)
})
