import { sha256Hex } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { StoreUnavailableError } from './errors.ts'
import type { CacheRow } from './queries/cache-entries.ts'
import type { Store } from './store.ts'
import { openTestStore } from './testing/open-test-store.ts'
import type { TestStore } from './testing/open-test-store.ts'

let fixture: TestStore
let store: Store

beforeAll(async () => {
  fixture = await openTestStore()
  store = fixture.store
})
afterAll(() => fixture.stop())

const NOON_MS = Date.parse('2026-03-02T12:00:00.123Z')

function entry(name: string, changes: Partial<CacheRow> = {}): CacheRow {
  const tags = { scope: 'committee', subject: 'thesis', version: 'v1' }
  const text = '{"claim":"µ \\u0000 \\ud800","size":1.50}'
  return { key: sha256Hex(name), text, tags, storedAtMs: NOON_MS, ...changes }
}

test('find() reads back what save() kept, to the byte and the millisecond, in another replica too', async () => {
  const kept = entry('round trip')
  await store.nodeResults.save(kept)
  expect(await store.nodeResults.find(kept.key)).toEqual(kept)
  const other = await fixture.openAnother()
  expect(await other.nodeResults.find(kept.key)).toEqual(kept)
  expect(await store.nodeResults.find(sha256Hex('nobody'))).toBeUndefined()
})

test('find() keeps nodes and validators apart, also under one key', async () => {
  const node = entry('apart')
  await store.nodeResults.save(node)
  expect(await store.validationResults.find(node.key)).toBeUndefined()
  const validation = entry('apart', { text: '{"messages":[],"passed":true}' })
  await store.validationResults.save(validation)
  expect(await store.validationResults.find(node.key)).toEqual(validation)
  expect(await store.nodeResults.find(node.key)).toEqual(node)
})

test('save() lets the later computation stay, whoever writes last', async () => {
  const later = entry('twice', { text: '2', storedAtMs: NOON_MS + 1 })
  await store.nodeResults.save(entry('twice', { text: '1' }))
  await store.nodeResults.save(later)
  await store.nodeResults.save(entry('twice', { text: '0', storedAtMs: NOON_MS }))
  expect(await store.nodeResults.find(later.key)).toEqual(later)
})

test('save() of many writers at once leaves one row a key', async () => {
  const writes = Array.from({ length: 30 }, (_, index) =>
    entry(`busy ${index % 3}`, { text: `${index}`, storedAtMs: NOON_MS + index }),
  )
  await Promise.all(writes.map((write) => store.nodeResults.save(write)))
  const found = await Promise.all([0, 1, 2].map((index) => store.nodeResults.find(sha256Hex(`busy ${index}`))))
  expect(found.map((row) => row?.text)).toEqual(['27', '28', '29'])
})

test('save() takes a mebibyte and refuses a byte more', async () => {
  const largest = entry('large', { text: '"'.padEnd(1024 * 1024 - 1, 'x') + '"' })
  await store.nodeResults.save(largest)
  expect(await store.nodeResults.find(largest.key)).toEqual(largest)
  const tooLarge = store.nodeResults.save({ ...largest, key: sha256Hex('larger'), text: `${largest.text} ` })
  await expect(tooLarge).rejects.toMatchObject({ code: '23514', constraint: 'node_results_output' })
})

test('invalidate() removes what has every tag that is named, and nothing else', async () => {
  await store.nodeResults.invalidate({})
  const tags = { scope: 'a', subject: 'thesis', version: 'v1' }
  const all = [tags, { ...tags, scope: 'b' }, { ...tags, subject: 'counter' }, { ...tags, version: 'v2' }]
  const entries = all.map((each) => entry(JSON.stringify(each), { tags: each }))
  for (const each of entries) await store.nodeResults.save(each)
  const left = async () => {
    const rows = await Promise.all(entries.map(({ key }) => store.nodeResults.find(key)))
    return rows.map((row) => row !== undefined)
  }
  expect(await store.nodeResults.invalidate({ scope: 'a', subject: 'counter' })).toBe(1)
  expect(await left()).toEqual([true, true, false, true])
  expect(await store.nodeResults.invalidate({ scope: "a' OR 'x' = 'x" })).toBe(0)
  expect(await store.nodeResults.invalidate({ version: 'v1' })).toBe(2)
  expect(await left()).toEqual([false, false, false, true])
  expect(await store.nodeResults.invalidate({})).toBe(1)
})

test('deleteOld() removes what is older than asked, oldest first, up to its bound', async () => {
  await store.validationResults.invalidate({})
  for (const age of [0, 1, 2, 3]) await store.validationResults.save(entry(`age ${age}`, { storedAtMs: NOON_MS + age }))
  const storedBefore = new Date(NOON_MS + 3)
  expect(await store.validationResults.deleteOld({ storedBefore, rowsMax: 2 })).toBe(2)
  expect(await store.validationResults.find(sha256Hex('age 1'))).toBeUndefined()
  expect(await store.validationResults.find(sha256Hex('age 2'))).toBeDefined()
  expect(await store.validationResults.deleteOld({ storedBefore, rowsMax: 2 })).toBe(1)
  expect(await store.validationResults.deleteOld({ storedBefore, rowsMax: 2 })).toBe(0)
  expect(await store.validationResults.find(sha256Hex('age 3'))).toBeDefined()
})

test('find() and save() give up on a locked table, and leave reviews alone', async () => {
  const locker = await fixture.superuser.connect()
  try {
    await locker.query('BEGIN; LOCK TABLE node_results IN ACCESS EXCLUSIVE MODE')
    await expect(store.nodeResults.find(sha256Hex('x'))).rejects.toBeInstanceOf(StoreUnavailableError)
    await expect(store.nodeResults.save(entry('x'))).rejects.toBeInstanceOf(StoreUnavailableError)
    await expect(store.listReviews()).resolves.toMatchObject({ items: [] })
  } finally {
    await locker.query('ROLLBACK')
    locker.release()
  }
  await expect(store.nodeResults.save(entry('x'))).resolves.toBeUndefined()
})
