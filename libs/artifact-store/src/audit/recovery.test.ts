import { setTimeout as pause } from 'node:timers/promises'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { StoreUnavailableError } from '../errors.ts'
import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { sampleEntry } from '../testing/sample-review.ts'
import { AuditWriter } from './audit-writer.ts'
import type { AppendResult } from './audit-writer.ts'
import type { ReviewEntry } from './review-row.ts'

let fixture: TestStore

beforeAll(async () => {
  fixture = await openTestStore({ applicationName: 'recovery', batchTimeoutMs: 10_000 })
})

afterAll(() => fixture.stop())

test('append() survives a connection killed in the middle of its batch, without duplicate or gap', async () => {
  const writer = await fixture.registerWriter()
  await writer.append(sampleEntry())
  const unlock = await block('LOCK TABLE trade_decisions IN SHARE ROW EXCLUSIVE MODE')
  const appending = Promise.all(Array.from({ length: 5 }, () => writer.append(sampleEntry())))
  await waitForBlocked(1)
  await fixture.superuser.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
  await unlock()
  expect((await appending).map(seqOf)).toEqual([2, 3, 4, 5, 6])
  expect(await fixture.store.verifyChain(writer.writerId)).toEqual({ rows: 6, ok: true })
})

test('append() finds its review when the commit it gave up on went through', async () => {
  const { writer, entry, unlock } = await abandonedAppend('LOCK TABLE trade_decisions IN SHARE ROW EXCLUSIVE MODE')
  await unlock()
  await waitForBlocked(0)
  await waitUntil(async () => (await fixture.store.findOptionalReview(entry.record.review_id)) !== undefined)
  expect(seqOf(await writer.append(sampleEntry()))).toBe(2)
  expect(seqOf(await writer.append(entry))).toBe(1)
  expect(await fixture.store.verifyChain(writer.writerId)).toEqual({ rows: 2, ok: true })
})

test('append() is not forked by a batch it gave up on and that wakes up after the next one', async () => {
  const held = sampleEntry()
  const { idempotencyKey: key, bodyHash, owner } = held
  await fixture.store.claimReviewKey({ key, bodyHash, owner, leaseMs: 60_000 })
  const lockKey = `SELECT FROM review_keys WHERE key = '${key}' FOR UPDATE`
  const { writer, unlock } = await abandonedAppend(lockKey, held)
  expect(seqOf(await writer.append(sampleEntry()))).toBe(1)
  await unlock()
  await waitForBlocked(0)
  expect(await fixture.store.verifyChain(writer.writerId)).toEqual({ rows: 1, ok: true })
  expect(seqOf(await writer.append(held))).toBe(2)
  expect(await fixture.store.verifyChain(writer.writerId)).toEqual({ rows: 2, ok: true })
})

test('append() finds the end of its chain again when it grew behind its back', async () => {
  const first = await fixture.registerWriter()
  const { writerId } = first
  const [registered] = (await fixture.store.listWriters()).filter((writer) => writer.writerId === writerId)
  const second = new AuditWriter({
    pool: fixture.application,
    target: 'test',
    writerId,
    genesisHash: registered!.genesisHash,
    now: () => new Date(),
    batchTimeoutMs: 10_000,
    queuedMax: 10,
  })
  const places: number[] = []
  for (const writer of [first, second, first, second]) places.push(seqOf(await writer.append(sampleEntry())))
  expect(places).toEqual([1, 2, 3, 4])
  expect(await fixture.store.verifyChain(writerId)).toEqual({ rows: 4, ok: true })
})

test('append() keeps its chain whole while its connections are killed again and again', async () => {
  const writer = await fixture.registerWriter()
  const kills = { done: 0 }
  const killing = killBackends(kills)
  const results: AppendResult[] = []
  const appending = Array.from({ length: 12 }, async () => {
    while (kills.done < KILLS && results.length < ROWS_MAX) results.push(await appendStubbornly(writer, sampleEntry()))
  })
  await Promise.all(appending)
  kills.done = Math.max(kills.done, KILLS)
  expect(await killing).toBeGreaterThanOrEqual(KILLS)
  expect(results.map(seqOf).sort((a, b) => a - b)).toEqual(results.map((_, index) => index + 1))
  expect(await fixture.store.verifyChain(writer.writerId)).toEqual({ rows: results.length, ok: true })
  const { rows } = await fixture.owner.query(
    'SELECT count(DISTINCT id)::int AS found FROM llm_decision_reviews WHERE writer_id = $1',
    [writer.writerId],
  )
  expect(rows[0].found).toBe(results.length)
})

test('append(), ping() and reading say that the store is unavailable when the server is gone', async () => {
  const store = await fixture.openAnother({ batchTimeoutMs: 300 })
  const writer = await fixture.registerWriter(store)
  await writer.append(sampleEntry())
  await store.ping(5_000)
  await fixture.database.stop()
  const failures = await Promise.allSettled([writer.append(sampleEntry()), store.ping(1_000), store.listReviews()])
  for (const failure of failures) {
    expect(failure).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
  }
  expect(failures[0]).toMatchObject({ reason: { cause: { code: 'ECONNREFUSED' } } })
})

const KILLS = 20

/** Ends the test when no kill ever hits, which its count of kills then reports. */
const ROWS_MAX = 20_000

/** Kills the writer's connection whenever it is seen appending; resolves with how often it hit one. */
async function killBackends(kills: { done: number }): Promise<number> {
  let hits = 0
  while (kills.done < KILLS) {
    const { rowCount } = await fixture.superuser.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'recovery' AND state = 'active' AND query LIKE '%WITH entry%'`,
    )
    hits += rowCount ?? 0
    kills.done = Math.max(kills.done, hits)
    await pause(1)
  }
  return hits
}

/** An append whose caller was told "unavailable" while the server still works on it. */
async function abandonedAppend(lockSql: string, entry: ReviewEntry = sampleEntry()) {
  const store = await fixture.openAnother({ batchTimeoutMs: 500, statementTimeoutMs: 60_000 })
  const writer = await fixture.registerWriter(store)
  const unlock = await block(lockSql)
  await expect(writer.append(entry)).rejects.toBeInstanceOf(StoreUnavailableError)
  await waitForBlocked(1)
  return { writer, entry, unlock }
}

/** Holds a lock in a transaction of its own until told otherwise. */
async function block(lockSql: string): Promise<() => Promise<void>> {
  const client = await fixture.superuser.connect()
  await client.query('BEGIN')
  await client.query(lockSql)
  return async () => {
    await client.query('COMMIT')
    client.release()
  }
}

async function waitForBlocked(expected: number): Promise<void> {
  await waitUntil(async () => {
    const { rows } = await fixture.superuser.query(
      "SELECT count(*)::int AS found FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'torghut'",
    )
    return rows[0].found === expected
  })
}

async function waitUntil(isTrue: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (await isTrue()) return
    await pause(20)
  }
  throw new Error('What the test waits for did not happen within 10 s')
}

/** What a caller with a journal does: the same entry again, until the store tells what became of it. */
async function appendStubbornly(writer: AuditWriter, entry: ReviewEntry): Promise<AppendResult> {
  try {
    return await writer.append(entry)
  } catch (error) {
    if (error instanceof StoreUnavailableError) return await appendStubbornly(writer, entry)
    throw error
  }
}

function seqOf(result: AppendResult): number {
  if (result.state !== 'stored') throw new Error('The review was superseded')
  return result.receipt.seq
}
