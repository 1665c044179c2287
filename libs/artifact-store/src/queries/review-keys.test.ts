import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

import { hashJson } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { sampleEntry } from '../testing/sample-review.ts'
import { KEY_LENGTH_MAX } from './review-keys.ts'

let fixture: TestStore

beforeAll(async () => {
  fixture = await openTestStore()
})

afterAll(() => fixture.stop())

function claimOf(key: string = randomUUID(), leaseMs = 60_000) {
  return { key, bodyHash: hashJson('body'), owner: randomUUID(), leaseMs }
}

test('claimReviewKey() gives a new key to one of many that want it at once', async () => {
  const { key } = claimOf()
  const results = await Promise.all(Array.from({ length: 10 }, () => fixture.store.claimReviewKey(claimOf(key))))
  expect(results.map(({ state }) => state).sort()).toEqual(['claimed', ...Array<string>(9).fill('in_progress')])
})

test('claimReviewKey() does not give a held key to its own holder a second time', async () => {
  const claim = claimOf()
  expect(await fixture.store.claimReviewKey(claim)).toEqual({ state: 'claimed' })
  expect(await fixture.store.claimReviewKey(claim)).toEqual({ state: 'in_progress' })
})

test('claimReviewKey() lets another attempt take over after the lease ran out', async () => {
  const first = claimOf(undefined, 40)
  await fixture.store.claimReviewKey(first)
  await pause(80)
  expect(await fixture.store.claimReviewKey(claimOf(first.key))).toEqual({ state: 'claimed' })
  expect(await fixture.store.releaseReviewKey(first)).toBe(false)
  expect(await fixture.store.claimReviewKey(claimOf(first.key))).toEqual({ state: 'in_progress' })
})

test('releaseReviewKey() lets the next attempt in without waiting for the lease', async () => {
  const first = claimOf()
  await fixture.store.claimReviewKey(first)
  expect(await fixture.store.releaseReviewKey({ ...first, owner: randomUUID() })).toBe(false)
  expect(await fixture.store.releaseReviewKey(first)).toBe(true)
  expect(await fixture.store.claimReviewKey(claimOf(first.key))).toEqual({ state: 'claimed' })
})

test('claimReviewKey() says other_body while the key is held, after its lease, and when it is answered', async () => {
  const other = { bodyHash: hashJson('other') }
  const held = claimOf()
  await fixture.store.claimReviewKey(held)
  expect(await fixture.store.claimReviewKey({ ...claimOf(held.key), ...other })).toEqual({ state: 'other_body' })
  await fixture.store.releaseReviewKey(held)
  expect(await fixture.store.claimReviewKey({ ...claimOf(held.key), ...other })).toEqual({ state: 'other_body' })
  const entry = sampleEntry()
  await (await fixture.registerWriter()).append(entry)
  const late = { ...claimOf(entry.idempotencyKey), ...other }
  expect(await fixture.store.claimReviewKey(late)).toEqual({ state: 'other_body' })
})

test('claimReviewKey() returns the stored review once the key is answered, also to a slower owner', async () => {
  const entry = sampleEntry()
  const { idempotencyKey: key, bodyHash, owner, record } = entry
  const claim = { key, bodyHash, owner, leaseMs: 60_000 }
  expect(await fixture.store.claimReviewKey(claim)).toEqual({ state: 'claimed' })
  await (await fixture.registerWriter()).append(entry)
  const result = await fixture.store.claimReviewKey({ ...claim, owner: randomUUID() })
  expect(result).toMatchObject({ state: 'completed', review: { record } })
  expect(await fixture.store.releaseReviewKey(claim)).toBe(false)
  expect(await fixture.store.findOptionalReviewByKey(key)).toMatchObject({ record })
})

test('review_keys keeps an answer for good, from the application and from the owner', async () => {
  const entry = sampleEntry()
  await (await fixture.registerWriter()).append(entry)
  for (const pool of [fixture.application, fixture.owner]) {
    const text = 'UPDATE review_keys SET review_id = gen_random_uuid() WHERE key = $1'
    const change = pool.query(text, [entry.idempotencyKey])
    await expect(change).rejects.toMatchObject({ code: 'TG002' })
  }
})

test('claimReviewKey() takes the longest key and refuses one character more', async () => {
  expect(await fixture.store.claimReviewKey(claimOf('k'.repeat(KEY_LENGTH_MAX)))).toEqual({ state: 'claimed' })
  const tooLong = claimOf('k'.repeat(KEY_LENGTH_MAX + 1))
  await expect(fixture.store.claimReviewKey(tooLong)).rejects.toMatchObject({ code: '23514' })
})

test('claimReviewKey() for many at once tells each what became of its own key', async () => {
  const held = claimOf()
  await fixture.store.claimReviewKey(held)
  const tooLong = claimOf('x'.repeat(KEY_LENGTH_MAX + 1))
  const fresh = Array.from({ length: 100 }, () => claimOf())
  const claims = [...fresh, claimOf(held.key), { ...claimOf(held.key), bodyHash: hashJson('other') }, tooLong]
  const results = await Promise.allSettled(claims.map((claim) => fixture.store.claimReviewKey(claim)))
  const states = results.map((result) => (result.status === 'fulfilled' ? result.value.state : 'refused'))
  expect(states).toEqual([...Array<string>(100).fill('claimed'), 'in_progress', 'other_body', 'refused'])
})

test('renewReviewKeys() keeps a key with its owner past the lease, and gives nobody a key that is not his', async () => {
  const claim = claimOf(undefined, 100)
  await fixture.store.claimReviewKey(claim)
  const { key, owner } = claim
  await fixture.store.renewReviewKeys({ held: [{ key, owner: randomUUID() }], leaseMs: 60_000 })
  await fixture.store.renewReviewKeys({ held: [{ key, owner }, { key: randomUUID(), owner }], leaseMs: 60_000 })
  await pause(150)
  expect(await fixture.store.claimReviewKey(claimOf(key))).toEqual({ state: 'in_progress' })
  const stranger = claimOf(undefined, 100)
  await fixture.store.claimReviewKey(stranger)
  await fixture.store.renewReviewKeys({ held: [{ key: stranger.key, owner: randomUUID() }], leaseMs: 60_000 })
  await pause(150)
  expect(await fixture.store.claimReviewKey(claimOf(stranger.key))).toEqual({ state: 'claimed' })
})

test('claimReviewKey() names the review of an answered key whose month was archived', async () => {
  const entry = sampleEntry()
  await (await fixture.registerWriter()).append(entry)
  await fixture.forgetReview(entry.record.review_id)
  const claim = { ...claimOf(entry.idempotencyKey), bodyHash: entry.bodyHash }
  expect(await fixture.store.claimReviewKey(claim)).toEqual({ state: 'archived', reviewId: entry.record.review_id })
  expect(await fixture.store.claimReviewKey(claimOf(entry.idempotencyKey))).toEqual({ state: 'other_body' })
})
