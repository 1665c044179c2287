import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { AppendResult, ReviewEntry } from '@torghut/artifact-store'
import { StoreUnavailableError } from '@torghut/artifact-store'
import { sampleEntry } from '@torghut/artifact-store/testing'
import type { TradingMode } from '@torghut/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { DatabaseLink } from './database-link.ts'
import { LocalJournal } from './local-journal.ts'
import { Recorder } from './recorder.ts'

/** Longer than anything here takes. */
const SOON_MS = 10_000

const MIB = 1024 * 1024

let folder: string
const closing: LocalJournal[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'torghut-recorder-'))
})
afterEach(async () => {
  for (const journal of closing.splice(0)) await journal.close(SOON_MS)
  rmSync(folder, { recursive: true, force: true })
})

interface Setting {
  append?: (entry: ReviewEntry) => Promise<AppendResult>
  mode?: TradingMode
  storage?: 'persistent' | 'ephemeral'
  maxBytes?: number
}

const stored: AppendResult = { state: 'stored', receipt: { writer_id: 'w', seq: 7, row_hash: 'h' }, persistMs: 1 }
const gone = () => Promise.reject(new StoreUnavailableError('db', 'ECONNREFUSED'))

function recorderOf({ append = gone, mode = 'paper', storage = 'persistent', maxBytes = MIB }: Setting = {}) {
  const { monotonicMs } = { monotonicMs: () => performance.now() }
  const settings = { storage, dataDir: folder, maxBytes }
  const journal = new LocalJournal({ settings, policyText: () => '{}', now: () => new Date(), monotonicMs })
  closing.push(journal)
  const link = new DatabaseLink({ ping: () => Promise.resolve(), onChange: () => undefined })
  link.markBack()
  const counts = { written: 0, refused: 0 }
  const metrics = { countWritten: () => void (counts.written += 1), countRefused: () => void (counts.refused += 1) }
  const recording = () => ({ store: {} as never, writer: { append } })
  const recorder = new Recorder({ recording, link, journal, metrics, mode, monotonicMs, onJournalled: () => undefined })
  return { recorder, journal, link, counts }
}

test('append() records in the database while that is there', async () => {
  const { recorder, journal } = recorderOf({ append: () => Promise.resolve(stored) })
  expect(await recorder.append(sampleEntry(), SOON_MS)).toBe(stored)
  expect(journal.figures.entries).toBe(0)
})

test('append() journals with the policy in front when the database is away, and is durable only as the disk is', async () => {
  const { recorder, journal, counts } = recorderOf()
  const entry = sampleEntry()
  expect(recorder.isDurable).toBe(true)
  expect(await recorder.append(entry, SOON_MS)).toMatchObject({ state: 'stored', receipt: { state: 'journalled', position: 2 } })
  const kept = await (await journal.opened())?.oldest(3)
  expect(kept?.map((read) => read.entry?.kind)).toEqual(['policy', 'review'])
  expect(await recorder.ofKey(entry.idempotencyKey)).toMatchObject({ record: entry.record, bodyHash: entry.bodyHash })
  expect(await recorder.ofReview(entry.record.review_id)).toMatchObject({ record: entry.record })
  expect(counts).toEqual({ written: 1, refused: 0 })
  expect(recorder.isDurable).toBe(true)
})

test('append() gives the first journalled verdict of a key to whoever comes later', async () => {
  const { recorder } = recorderOf()
  const [first, second] = [sampleEntry({ key: 'k' }), sampleEntry({ key: 'k' })]
  const results = await Promise.all([recorder.append(first, SOON_MS), recorder.append(second, SOON_MS)])
  expect(results).toMatchObject([
    { state: 'stored' },
    { state: 'superseded', review: { record: { review_id: first.record.review_id }, bodyHash: first.bodyHash } },
  ])
})

test('append() journals what a slow database has not confirmed in its share of the time', async () => {
  const { recorder, link } = recorderOf({ append: () => new Promise(() => undefined) })
  expect(await recorder.append(sampleEntry(), 50)).toMatchObject({ receipt: { state: 'journalled' } })
  expect(link.away).toBeNull()
})

test('append() refuses with 503 when neither the database nor the journal can record', async () => {
  const { recorder, counts } = recorderOf({ maxBytes: 10 })
  const refusal = { status: 503, code: 'nothing_recorded', cause: { code: 'JOURNAL_FULL' } }
  await expect(recorder.append(sampleEntry(), SOON_MS)).rejects.toMatchObject(refusal)
  expect(counts).toEqual({ written: 0, refused: 1 })
})

test('append() with a full journal still takes what the database confirms in the time that is left', async () => {
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 350))
    return stored
  }
  const { recorder } = recorderOf({ append: slow, maxBytes: 10 })
  expect(await recorder.append(sampleEntry(), 500)).toMatchObject({ state: 'stored', receipt: { seq: 7 } })
})

test.each([
  ['live', 'ephemeral', 'approve', 'volatile'],
  ['live', 'ephemeral', 'veto', 'stored'],
  ['live', 'persistent', 'approve', 'stored'],
  ['paper', 'ephemeral', 'approve', 'stored'],
] as const)('append() in %s on %s storage, database away: an %s is %s', async (mode, storage, verdict, state) => {
  const { recorder } = recorderOf({ mode, storage })
  expect(await recorder.append(sampleEntry({ verdict }), SOON_MS)).toMatchObject({ state })
  expect(recorder.isDurable).toBe(storage === 'persistent')
})

test('append() keeps a proved exit in live on ephemeral storage', async () => {
  const { recorder } = recorderOf({ mode: 'live', storage: 'ephemeral' })
  const entry = sampleEntry()
  entry.record.llm_skipped = 'reducing'
  expect(await recorder.append(entry, SOON_MS)).toMatchObject({ state: 'stored' })
})

test('claim() says cut_off when nobody can be asked', async () => {
  const { recorder, link } = recorderOf()
  link.markAway('test')
  const claim = { key: 'k', bodyHash: 'b', owner: 'o', leaseMs: 1 }
  expect(await recorder.claim(claim, SOON_MS)).toEqual({ state: 'cut_off' })
})
