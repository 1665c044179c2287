import { ReviewRecord, ReviewSubmission, hashJson } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'

import {
  AuditQueueFullError,
  EntryRejectedError,
  KeyReusedError,
  ReviewArchivedError,
  StoreUnavailableError,
} from '../errors.ts'
import { KEY_LENGTH_MAX } from '../queries/review-keys.ts'
import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { sampleEntry } from '../testing/sample-review.ts'
import type { AuditWriter } from './audit-writer.ts'

let fixture: TestStore

beforeAll(async () => {
  fixture = await openTestStore()
})

afterAll(() => fixture.stop())

test('append() stores reviews that come together in the order they came, in few transactions', async () => {
  const writer = await fixture.registerWriter()
  const entries = Array.from({ length: 150 }, () => sampleEntry())
  const results = await Promise.all(entries.map((entry) => writer.append(entry)))
  const places = results.map((result) => result.state === 'stored' && result.receipt.seq)
  expect(places).toEqual(entries.map((_, index) => index + 1))
  expect(await batchSizes(writer)).toEqual([64, 64, 22])
  expect(await fixture.store.verifyChain(writer.writerId)).toEqual({ rows: 150, ok: true })
})

test('append() flushes at once when idle and gathers while a flush is in flight', async () => {
  const writer = await fixture.registerWriter()
  const first = writer.append(sampleEntry())
  await Promise.resolve()
  await Promise.resolve()
  const later = [writer.append(sampleEntry()), writer.append(sampleEntry()), writer.append(sampleEntry())]
  expect(writer.queuedCount).toBe(3)
  await Promise.all([first, ...later])
  expect(await batchSizes(writer)).toEqual([1, 3])
})

test('append() stores bytes that parse back and a receipt that the stored row repeats', async () => {
  const writer = await fixture.registerWriter()
  const entry = sampleEntry({ verdict: 'veto', reason: 'halted' })
  const result = await writer.append(entry)
  const stored = await fixture.store.findReview(entry.record.review_id)
  expect(result).toMatchObject({ state: 'stored', receipt: stored.receipt, persistMs: expect.any(Number) })
  expect(ReviewRecord.parse(JSON.parse(stored.recordBytes.toString()))).toEqual(entry.record)
  expect(ReviewSubmission.parse(JSON.parse(stored.requestBytes.toString()))).toEqual(entry.submission)
  expect(stored).toMatchObject({ symbol: 'NVDA', strategyId: 'momentum-1', eventAt: '2026-03-02T15:04:05.123Z' })
})

test('append() of the same entry again returns the receipt of the first time', async () => {
  const writer = await fixture.registerWriter()
  const entry = sampleEntry()
  const first = await writer.append(entry)
  const again = await writer.append(entry)
  expect(again).toEqual({ ...first, persistMs: again.persistMs })
  expect(await fixture.store.verifyChain(writer.writerId)).toEqual({ rows: 1, ok: true })
})

test('append() answers the second review under one key with the first, also in the same moment', async () => {
  const writer = await fixture.registerWriter()
  const winner = sampleEntry()
  const loser = rival(winner)
  const [first, second] = await Promise.all([writer.append(winner), writer.append(loser)])
  expect(first.state).toBe('stored')
  expect(second).toMatchObject({ state: 'superseded', review: { record: { review_id: winner.record.review_id } } })
  expect(await fixture.store.findOptionalReview(loser.record.review_id)).toBeUndefined()
})

test('append() answers with the review another replica stored, and stores its neighbours', async () => {
  const writer = await fixture.registerWriter()
  await writer.append(sampleEntry())
  const winner = sampleEntry()
  const replica = await fixture.openAnother()
  await (await fixture.registerWriter(replica)).append(winner)
  const neighbour = sampleEntry()
  const [lost, kept] = await Promise.all([writer.append(rival(winner)), writer.append(neighbour)])
  expect(lost).toMatchObject({ state: 'superseded', review: { record: { review_id: winner.record.review_id } } })
  expect(kept).toMatchObject({ state: 'stored', receipt: { seq: 2 } })
  expect(await fixture.store.verifyChain(writer.writerId)).toEqual({ rows: 2, ok: true })
})

test('append() of two replicas racing for the same keys stores one review a key', async () => {
  const writers = [await fixture.registerWriter(), await fixture.registerWriter(await fixture.openAnother())]
  const entries = Array.from({ length: 40 }, () => sampleEntry())
  const rivals = entries.map(rival).toReversed()
  const [ours, theirs] = await Promise.all(
    [entries, rivals].map((list, index) => Promise.all(list.map((entry) => writers[index]!.append(entry)))),
  )
  const outcomes = ours!.map(({ state }, index) => [state, theirs![entries.length - 1 - index]!.state].sort())
  expect(outcomes).toEqual(entries.map(() => ['stored', 'superseded']))
  const reports = await Promise.all(writers.map(({ writerId }) => fixture.store.verifyChain(writerId)))
  expect(reports.map(({ ok }) => ok)).toEqual([true, true])
  expect(reports.reduce((sum, { rows }) => sum + rows, 0)).toBe(40)
})

test('append() refuses a key of another body, whether answered or only claimed', async () => {
  const writer = await fixture.registerWriter()
  const answered = sampleEntry()
  await writer.append(answered)
  await expect(writer.append(sampleEntry({ key: answered.idempotencyKey }))).rejects.toBeInstanceOf(KeyReusedError)
  const claimed = sampleEntry()
  const { idempotencyKey: key, owner } = claimed
  await fixture.store.claimReviewKey({ key, bodyHash: hashJson('other'), owner, leaseMs: 1_000 })
  await expect(writer.append(claimed)).rejects.toBeInstanceOf(KeyReusedError)
})

test('append() refuses a key whose review was archived, and stores its neighbours', async () => {
  const writer = await fixture.registerWriter()
  const archived = sampleEntry()
  await writer.append(archived)
  await fixture.forgetReview(archived.record.review_id)
  const first = writer.append(sampleEntry())
  const [again, neighbour] = await Promise.allSettled([writer.append(rival(archived)), writer.append(sampleEntry()), first])
  expect(again).toMatchObject({ reason: expect.any(ReviewArchivedError) })
  expect(neighbour).toMatchObject({ value: { state: 'stored' } })
})

test('append() refuses an entry the database cannot hold and stores its neighbours without a gap', async () => {
  const writer = await fixture.registerWriter()
  const unknownPolicy = sampleEntry()
  unknownPolicy.record.lineage.policy_hash = hashJson('never saved')
  const results = await Promise.allSettled([
    writer.append(sampleEntry()),
    writer.append(unknownPolicy),
    writer.append(sampleEntry({ key: 'k'.repeat(KEY_LENGTH_MAX + 1) })),
    writer.append(sampleEntry()),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: { name: 'EntryRejectedError', reviewId: unknownPolicy.record.review_id } })
  expect(results[2]).toMatchObject({ reason: expect.any(EntryRejectedError) })
  expect(results[3]).toMatchObject({ value: { receipt: { seq: 2 } } })
  expect(await fixture.store.verifyChain(writer.writerId)).toEqual({ rows: 2, ok: true })
})

test('append() keeps the decision once when it is reviewed twice', async () => {
  const writer = await fixture.registerWriter()
  const first = sampleEntry()
  const decisionId = first.record.trade_decision_id
  await Promise.all([writer.append(first), writer.append(sampleEntry({ decisionId, key: 'second look' }))])
  const { rows } = await fixture.owner.query('SELECT qty FROM trade_decisions WHERE id = $1', [decisionId])
  expect(rows).toEqual([{ qty: '10.50000000' }])
})

test('append() refuses more than the queue may hold', async () => {
  const store = await fixture.openAnother({ queuedMax: 2 })
  const writer = await fixture.registerWriter(store)
  const accepted = [writer.append(sampleEntry()), writer.append(sampleEntry())]
  await expect(writer.append(sampleEntry())).rejects.toBeInstanceOf(AuditQueueFullError)
  await Promise.all(accepted)
})

test('close() lets accepted reviews finish and refuses new ones', async () => {
  const store = await fixture.openAnother()
  const writer = await fixture.registerWriter(store)
  const accepted = writer.append(sampleEntry())
  await store.close()
  expect(await accepted).toMatchObject({ state: 'stored' })
  await expect(writer.append(sampleEntry())).rejects.toBeInstanceOf(StoreUnavailableError)
})

test('registerWriter() refuses an id that has a chain already', async () => {
  const { writerId } = await fixture.registerWriter()
  const again = fixture.store.registerWriter({ writerId, engineVersion: '0.1.0', startedAt: new Date() })
  await expect(again).rejects.toMatchObject({ code: '23505' })
})

/** Another attempt's review of the same body under the same key. */
function rival(entry: ReturnType<typeof sampleEntry>) {
  const { record } = sampleEntry()
  return { ...entry, owner: sampleEntry().owner, record: { ...entry.record, review_id: record.review_id } }
}

async function batchSizes(writer: AuditWriter): Promise<number[]> {
  const { rows } = await fixture.owner.query(
    'SELECT (last_seq - first_seq + 1)::int AS size FROM audit_batches WHERE writer_id = $1 ORDER BY first_seq',
    [writer.writerId],
  )
  return rows.map((row) => row.size)
}
