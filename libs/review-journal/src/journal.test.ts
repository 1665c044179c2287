import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { canonicalJson, sha256Hex } from '@torghut/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { JournalFullError, JournalStuckError, JournalUnwritableError } from './errors.ts'
import { openJournal } from './journal.ts'
import type { Journal, JournalOptions } from './journal.ts'
import { openSegmentFile } from './segment.ts'
import type { SegmentFile } from './segment.ts'

/** Far longer than a healthy disk takes. */
const SOON_MS = 20_000

let root: string
const opened: Journal[] = []
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'torghut-journal-'))
})
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close(SOON_MS)
  rmSync(root, { recursive: true, force: true })
})

async function open(options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await openJournal({ root, maxBytes: 1024 * 1024, ...options })
  opened.push(journal)
  return journal
}

/** An entry that is told from others by its hash; the text makes it as long as a test wants. */
function policy(name: string, text = '{}') {
  return { kind: 'policy', journalled_at: '2026-03-02T12:00:00.000Z', policy_hash: sha256Hex(name), text } as const
}

async function hashes(journal: Journal): Promise<(string | undefined)[]> {
  const read = await journal.oldest(1_000)
  return read.map(({ entry }) => (entry?.kind === 'policy' ? entry.policy_hash : undefined))
}

function segmentsOf(journalId: string): string[] {
  const names = readdirSync(join(root, journalId)).filter((name) => name.endsWith('.journal'))
  return names.map((name) => join(root, journalId, name))
}

/** Leaves a journal behind as a dead process would: its files without its lock. */
async function leaveBehind(entries: number): Promise<string> {
  const journal = await open()
  for (let index = 0; index < entries; index += 1) await journal.append(policy(`left ${index}`), SOON_MS)
  await journal.close(SOON_MS)
  return journal.journalId
}

test('append() resolves with a place that names the durable bytes', async () => {
  const journal = await open()
  const { place } = await journal.append(policy('a'), SOON_MS)
  const [file = ''] = segmentsOf(journal.journalId)
  const payload = canonicalJson({ journal_id: journal.journalId, position: 1, entry: policy('a') })
  expect(place).toEqual({ journalId: journal.journalId, position: 1, checksum: sha256Hex(payload) })
  expect(readFileSync(file).includes(payload)).toBe(true)
})

test('oldest() tells entries in the order they came, also those that were written together', async () => {
  const journal = await open()
  const names = Array.from({ length: 300 }, (_, index) => `entry ${index}`)
  await Promise.all(names.map((name) => journal.append(policy(name), SOON_MS)))
  expect(await hashes(journal)).toEqual(names.map((name) => sha256Hex(name)))
  expect((await journal.oldest(2)).map(({ kept }) => kept.position)).toEqual([1, 2])
})

test('append() goes up to the bound in bytes, refuses beyond, and goes on when entries were settled', async () => {
  const one = await open()
  await one.append(policy('x', 'x'.repeat(1_000)), SOON_MS)
  const { bytes } = one.figures
  const journal = await open({ maxBytes: 2 * bytes })
  await journal.append(policy('a', 'a'.repeat(1_000)), SOON_MS)
  await journal.append(policy('b', 'b'.repeat(1_000)), SOON_MS)
  expect(journal.figures.bytes).toBe(2 * bytes)
  await expect(journal.append(policy('c'), SOON_MS)).rejects.toBeInstanceOf(JournalFullError)
  expect(journal.figures.entries).toBe(2)
  await journal.settle((await journal.oldest(2)).map(({ kept }) => kept))
  expect(journal.figures).toMatchObject({ bytes: 0, entries: 0, oldestAt: null })
  await journal.append(policy('c'), SOON_MS)
})

test('tryDisk() tells a full journal from one that has room again, and leaves nothing behind', async () => {
  const journal = await open({ maxBytes: 100_000 })
  await journal.append(policy('large', 'x'.repeat(50_000)), SOON_MS)
  await expect(journal.tryDisk()).rejects.toBeInstanceOf(JournalFullError)
  await journal.settle((await journal.oldest(1)).map(({ kept }) => kept))
  await journal.tryDisk()
  expect(readdirSync(join(root, journal.journalId))).toEqual(['lock'])
})

test('append() refuses when as many entries wait for the disk as may', async () => {
  const hanging = hangingDisk()
  const journal = await open({ openFile: hanging.openFile, queuedMax: 2 })
  const first = journal.append(policy('a'), SOON_MS)
  await hanging.reached
  const waiting = [journal.append(policy('b'), SOON_MS), journal.append(policy('c'), SOON_MS)]
  await expect(journal.append(policy('d'), SOON_MS)).rejects.toBeInstanceOf(JournalFullError)
  hanging.release()
  await Promise.all([first, ...waiting])
})

test('settle() removes a file once nothing in it waits, and only then', async () => {
  const journal = await open({ segmentBytes: 1 })
  for (const name of ['a', 'b', 'c']) await journal.append(policy(name), SOON_MS)
  expect(segmentsOf(journal.journalId)).toHaveLength(3)
  const [first, , third] = (await journal.oldest(3)).map(({ kept }) => kept)
  await journal.settle([third!])
  await journal.settle([first!])
  expect(segmentsOf(journal.journalId)).toHaveLength(1)
  expect(await hashes(journal)).toEqual([sha256Hex('b')])
})

test('openJournal() adopts what a dead process left, in its order and before its own', async () => {
  const left = await leaveBehind(3)
  const journal = await open()
  await journal.append(policy('own'), SOON_MS)
  expect(await hashes(journal)).toEqual(['left 0', 'left 1', 'left 2', 'own'].map((name) => sha256Hex(name)))
  await journal.settle((await journal.oldest(3)).map(({ kept }) => kept))
  expect(existsSync(join(root, left))).toBe(false)
  expect(journal.figures.entries).toBe(1)
})

test('openJournal() leaves the journal of a living process alone', async () => {
  const living = await open()
  await living.append(policy('a'), SOON_MS)
  const other = await open()
  expect(await other.adopt()).toBe(0)
  expect(other.figures.entries).toBe(0)
  expect(segmentsOf(living.journalId)).toHaveLength(1)
})

test('adopt() is done by one of two', async () => {
  const one = await open()
  const two = await open()
  await leaveBehind(2)
  expect(await one.adopt()).toBe(2)
  expect(await two.adopt()).toBe(0)
  await one.close(SOON_MS)
  expect(await two.adopt()).toBe(2)
})

test('openJournal() keeps a torn tail aside and reads every entry before it', async () => {
  const left = await leaveBehind(2)
  const [file = ''] = segmentsOf(left)
  const whole = readFileSync(file)
  appendFileSync(file, whole.subarray(0, 60))
  const journal = await open()
  expect(await hashes(journal)).toEqual(['left 0', 'left 1'].map((name) => sha256Hex(name)))
  expect(journal.figures.aside).toBe(1)
  const [aside = ''] = readdirSync(join(root, 'aside'))
  expect(readFileSync(join(root, 'aside', aside))).toEqual(whole.subarray(0, 60))
})

test('openJournal() keeps a file that holds nothing whole aside and goes on', async () => {
  const left = await leaveBehind(1)
  writeFileSync(segmentsOf(left)[0]!, 'no journal at all')
  const journal = await open()
  expect(journal.figures).toMatchObject({ entries: 0, bytes: 0, aside: 1 })
  expect(existsSync(join(root, left))).toBe(false)
})

test('oldest() tells an entry whose bytes changed under it apart, and setAside() takes it out of the way', async () => {
  const journal = await open()
  await journal.append(policy('a'), SOON_MS)
  const [file = ''] = segmentsOf(journal.journalId)
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill('x', bytes.length - 5))
  const [read] = await journal.oldest(1)
  expect(read?.entry).toBeNull()
  await journal.setAside(read!.kept)
  expect(journal.figures).toMatchObject({ entries: 0, aside: 1 })
})

test('append() after a failed fsync tells so, keeps what was durable, and writes to another file', async () => {
  const failing = { next: false }
  const journal = await open({
    openFile: async (path) => faulty(await openSegmentFile(path), () => failing.next && fail('EIO')),
  })
  await journal.append(policy('before'), SOON_MS)
  failing.next = true
  await expect(journal.append(policy('lost'), SOON_MS)).rejects.toThrow(JournalUnwritableError)
  failing.next = false
  await journal.append(policy('after'), SOON_MS)
  expect(segmentsOf(journal.journalId)).toHaveLength(2)
  expect(await hashes(journal)).toEqual(['before', 'after'].map((name) => sha256Hex(name)))
  await journal.close(SOON_MS)
  expect(await hashes(await open())).toEqual(['before', 'after'].map((name) => sha256Hex(name)))
})

test('append() does not wait longer than told for a disk that hangs, nor does close()', async () => {
  const hanging = hangingDisk()
  const journal = await open({ openFile: hanging.openFile })
  const inFlight = journal.append(policy('in flight'), 20)
  const queued = hanging.reached.then(() => journal.append(policy('queued'), 20))
  await expect(inFlight).rejects.toBeInstanceOf(JournalStuckError)
  await expect(queued).rejects.toBeInstanceOf(JournalStuckError)
  expect(await journal.close(20)).toBe(false)
  hanging.release()
})

test('append() that gave up waiting in the queue leaves nothing behind', async () => {
  const hanging = hangingDisk()
  const journal = await open({ openFile: hanging.openFile })
  const first = journal.append(policy('first'), SOON_MS)
  await hanging.reached
  await expect(journal.append(policy('given up'), 20)).rejects.toBeInstanceOf(JournalStuckError)
  hanging.release()
  await first
  await journal.append(policy('last'), SOON_MS)
  expect(await hashes(journal)).toEqual(['first', 'last'].map((name) => sha256Hex(name)))
})

test('openJournal() says what is wrong with a folder it cannot use', async () => {
  writeFileSync(join(root, 'file'), '')
  await expect(openJournal({ root: join(root, 'file'), maxBytes: 1 })).rejects.toThrow(/Cannot write the journal in ".*file": E/)
})

test('close() leaves no folder of a journal that holds nothing', async () => {
  const journal = await open()
  await journal.append(policy(randomUUID()), SOON_MS)
  await journal.settle((await journal.oldest(1)).map(({ kept }) => kept))
  await journal.close(SOON_MS)
  expect(readdirSync(root)).toEqual([])
})

/** A segment whose fsync first asks what to do. */
function faulty(file: SegmentFile, beforeSync: () => unknown): SegmentFile {
  return {
    writev: (buffers, position) => file.writev(buffers, position),
    datasync: async () => {
      await beforeSync()
      await file.datasync()
    },
    truncate: (length) => file.truncate(length),
    close: () => file.close(),
  }
}

function fail(code: string): never {
  throw Object.assign(new Error(`${code}: as asked`), { code })
}

/** A disk whose fsync does not come back until it is told to. */
function hangingDisk() {
  const released = Promise.withResolvers<null>()
  const reached = Promise.withResolvers<null>()
  const wait = () => {
    reached.resolve(null)
    return released.promise
  }
  return {
    openFile: async (path: string) => faulty(await openSegmentFile(path), wait),
    reached: reached.promise,
    release: () => released.resolve(null),
  }
}
