import { randomUUID } from 'node:crypto'

import { hashJson } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { StoreUnavailableError } from '../errors.ts'
import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { sampleEntry } from '../testing/sample-review.ts'
import type { DrainWriter, JournalledEntry } from './drain-writer.ts'

let fixture: TestStore
beforeAll(async () => {
  fixture = await openTestStore()
})
afterAll(() => fixture.stop())

const journalId = randomUUID()
let position = 0

function journalled(entry: JournalledEntry['entry'] = sampleEntry()): JournalledEntry {
  position += 1
  const checksum = hashJson(position)
  return { entry, journal: { journalId, position, checksum, journalledAt: new Date('2026-03-02T15:04:07Z') } }
}

/** Rows of a review as the table has them. */
async function rowsOf({ entry }: JournalledEntry) {
  const { rows } = await fixture.owner.query(
    'SELECT writer_id, seq::int, reviewed_at, known_at, duplicate_of FROM llm_decision_reviews WHERE id = $1',
    [entry.record.review_id],
  )
  return rows
}

async function drainAll(drain: DrainWriter, entries: JournalledEntry[]): Promise<string[]> {
  return (await drain.drain(entries)).map(({ state }) => state)
}

test('drain() stores reviews in their order, in a chain of its own, with the times they were decided at', async () => {
  const drain = await fixture.registerDrain()
  const entries = [journalled(), journalled(), journalled()]
  expect(await drainAll(drain, entries)).toEqual(['stored', 'stored', 'stored'])
  for (const [index, one] of entries.entries()) {
    expect(await rowsOf(one)).toEqual([
      {
        writer_id: drain.writerId,
        seq: index + 1,
        reviewed_at: new Date(one.entry.record.reviewed_at),
        known_at: new Date(one.entry.knownAt),
        duplicate_of: null,
      },
    ])
    expect(await fixture.store.findOptionalReviewByKey(one.entry.idempotencyKey)).toMatchObject({
      record: { review_id: one.entry.record.review_id },
    })
  }
  expect(await fixture.store.verifyChain(drain.writerId)).toEqual({ rows: 3, ok: true })
})

test('drain() of what is drained already stores nothing, also through another writer', async () => {
  const entries = [journalled(), journalled()]
  const first = await fixture.registerDrain()
  await drainAll(first, entries)
  const second = await fixture.registerDrain()
  expect(await drainAll(second, [...entries, journalled()])).toEqual(['stored', 'stored', 'stored'])
  expect(await fixture.store.verifyChain(second.writerId)).toEqual({ rows: 1, ok: true })
  expect(await rowsOf(entries[0]!)).toHaveLength(1)
})

test('drain() of one entry by many at once stores it once', async () => {
  const drains = await Promise.all(Array.from({ length: 4 }, () => fixture.registerDrain()))
  const entries = Array.from({ length: 20 }, () => journalled())
  const states = await Promise.all(drains.map((drain) => drainAll(drain, entries)))
  expect(new Set(states.flat())).toEqual(new Set(['stored']))
  for (const one of entries) expect(await rowsOf(one)).toHaveLength(1)
})

test('drain() finds a review that was committed before it was journalled', async () => {
  const writer = await fixture.registerWriter()
  const entry = sampleEntry()
  await writer.append(entry)
  const one = journalled(entry)
  expect(await drainAll(await fixture.registerDrain(), [one])).toEqual(['stored'])
  expect(await rowsOf(one)).toMatchObject([{ writer_id: writer.writerId, duplicate_of: null }])
  const { rows } = await fixture.owner.query('SELECT checksum FROM journal_entries WHERE review_id = $1', [
    entry.record.review_id,
  ])
  expect(rows).toEqual([{ checksum: one.journal.checksum }])
})

test('drain() keeps a second decision of an answered key and names the first', async () => {
  const writer = await fixture.registerWriter()
  const answered = sampleEntry()
  await writer.append(answered)
  const late = journalled(sampleEntry({ key: answered.idempotencyKey, decisionId: answered.idempotencyKey }))
  expect(late.entry.bodyHash).toBe(answered.bodyHash)
  await drainAll(await fixture.registerDrain(), [late])
  expect(await rowsOf(late)).toMatchObject([{ duplicate_of: answered.record.review_id }])
  expect(await fixture.store.findOptionalReviewByKey(answered.idempotencyKey)).toMatchObject({
    record: { review_id: answered.record.review_id },
  })
})

test('drain() keeps a second decision of a key whose review was archived, and its neighbours', async () => {
  const archived = sampleEntry()
  await (await fixture.registerWriter()).append(archived)
  await fixture.forgetReview(archived.record.review_id)
  const late = journalled(sampleEntry({ key: archived.idempotencyKey, decisionId: archived.idempotencyKey }))
  expect(await drainAll(await fixture.registerDrain(), [late, journalled()])).toEqual(['stored', 'stored'])
  expect(await rowsOf(late)).toMatchObject([{ duplicate_of: archived.record.review_id }])
})

test('drain() keeps two decisions of one key that come together, the first of them as its answer', async () => {
  const key = randomUUID()
  const [first, second] = [journalled(sampleEntry({ key })), journalled(sampleEntry({ key }))]
  await drainAll(await fixture.registerDrain(), [first!, second!])
  expect(await rowsOf(first!)).toMatchObject([{ duplicate_of: null }])
  expect(await rowsOf(second!)).toMatchObject([{ duplicate_of: first!.entry.record.review_id }])
})

test('drain() keeps a decision whose key somebody holds for another body, and leaves the key alone', async () => {
  const claim = { key: randomUUID(), bodyHash: hashJson('other'), owner: randomUUID(), leaseMs: 60_000 }
  await fixture.store.claimReviewKey(claim)
  const one = journalled(sampleEntry({ key: claim.key }))
  await drainAll(await fixture.registerDrain(), [one])
  expect(await rowsOf(one)).toMatchObject([{ duplicate_of: null }])
  expect(await fixture.store.findOptionalReviewByKey(claim.key)).toBeUndefined()
})

test('drain() tells which entry the database will never take, and stores its neighbours in order', async () => {
  const drain = await fixture.registerDrain()
  const stranger = sampleEntry()
  stranger.record.lineage.policy_hash = hashJson('a policy nobody saved')
  const forged = sampleEntry()
  forged.record.lineage.request_hash = hashJson('another request')
  const entries = [journalled(), journalled(stranger), journalled(forged), journalled()]
  expect(await drainAll(drain, entries)).toEqual(['stored', 'rejected', 'rejected', 'stored'])
  expect(await rowsOf(entries[0]!)).toMatchObject([{ seq: 1 }])
  expect(await rowsOf(entries[3]!)).toMatchObject([{ seq: 2 }])
  expect(await fixture.store.verifyChain(drain.writerId)).toEqual({ rows: 2, ok: true })
})

test('drain() throws when the database is away, and another drain goes on', async () => {
  const store = await fixture.openAnother({ batchTimeoutMs: 200, connectTimeoutMs: 100 })
  const drain = await fixture.registerDrain(store)
  const one = journalled()
  await fixture.superuser.query('ALTER ROLE torghut_app NOLOGIN')
  try {
    await expect(drain.drain([one])).rejects.toBeInstanceOf(StoreUnavailableError)
  } finally {
    await fixture.superuser.query('ALTER ROLE torghut_app LOGIN')
  }
  expect(await drainAll(drain, [one])).toEqual(['stored'])
  expect(await rowsOf(one)).toHaveLength(1)
})
