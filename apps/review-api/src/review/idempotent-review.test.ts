import { parseReviewSubmission } from '@torghut/contracts'
import type { ReviewRecord } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import { expect, test } from 'vitest'

import type { KnownReview, Recorder } from '../recording/recorder.ts'
import { IdempotentReviews } from './idempotent-review.ts'
import type { KeyedReview } from './idempotent-review.ts'
import { Places } from './places.ts'

const receipt = { writer_id: 'w', seq: 1, row_hash: 'h' }
const now = new Date('2026-03-02T12:00:00Z')
const recordOf = (name: string, verdict = 'veto') =>
  ({ review_id: name, verdict, clock: 'wall', valid_until: '2026-03-02T11:59:00Z', llm_skipped: null }) as unknown as ReviewRecord

interface Recording {
  answeredBefore?: ReviewRecord | null
  journalled?: KnownReview | null
  claim?: string
  /** How many records are refused as volatile before one is kept. */
  volatile?: number
}

/** A recorder that claims every key and stores what it is given, or says what a test wants it to. */
function recorderOf({ answeredBefore = null, journalled = null, claim = 'claimed', volatile = 0 }: Recording = {}) {
  const seen = { claims: 0, appended: [] as string[], released: 0 }
  const recorder = {
    ofKey: async () => journalled,
    claim: async () => ((seen.claims += 1), { state: claim }),
    release: async () => void (seen.released += 1),
    renew: async () => undefined,
    append: async ({ record }: { record: ReviewRecord }) => {
      seen.appended.push(record.review_id)
      if (seen.appended.length <= volatile) return { state: 'volatile' }
      if (answeredBefore !== null) return { state: 'superseded', review: { record: answeredBefore, receipt }, persistMs: 1 }
      return { state: 'stored', receipt, persistMs: 1 }
    },
  } as unknown as Recorder
  return { seen, recorder }
}

function reviewsOn(recorder: Recorder): IdempotentReviews {
  return new IdempotentReviews(recorder, { now: () => now, monotonicMs: () => 0 }, () => false)
}

function callOf(changes: Partial<KeyedReview> = {}): KeyedReview {
  const parsed = parseReviewSubmission(exampleSubmission())
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return {
    key: 'k',
    bodyHash: 'b',
    submission: parsed.submission,
    deadline: { totalMs: 1_000, remainingMs: () => 1_000, programMs: () => 1_000 },
    takePlace: () => () => undefined,
    overloaded: async () => recordOf('overloaded'),
    review: async () => recordOf('reviewed'),
    timedOut: async () => recordOf('timed out'),
    volatile: async () => recordOf('volatile'),
    ...changes,
  }
}

test('answer() records an overloaded review without taking its key or running it', async () => {
  const { seen, recorder } = recorderOf()
  const review = () => Promise.reject(new Error('ran'))
  const { answer, fresh } = await reviewsOn(recorder).answer(callOf({ takePlace: () => null, review }))
  expect([answer.review_id, fresh]).toEqual(['overloaded', true])
  expect(seen).toEqual({ claims: 0, appended: ['overloaded'], released: 0 })
})

test('answer() under overload still gives a key its first answer', async () => {
  const { recorder } = recorderOf({ answeredBefore: recordOf('first') })
  const { answer, fresh } = await reviewsOn(recorder).answer(callOf({ takePlace: () => null }))
  expect([answer.review_id, fresh]).toEqual(['first', false])
})

test('answer() under overload does not revive an approve whose time is over', async () => {
  const { recorder } = recorderOf({ answeredBefore: recordOf('first', 'approve') })
  await expect(reviewsOn(recorder).answer(callOf({ takePlace: () => null }))).rejects.toMatchObject({ code: 'verdict_expired' })
})

test.each([
  ['answers', async () => recordOf('reviewed')],
  ['fails', () => Promise.reject(new Error('broken'))],
])('answer() leaves its place when the review %s', async (_how, review) => {
  const places = new Places()
  const taken: (() => void)[] = []
  for (let place = places.take(); place !== null; place = places.take()) taken.push(place)
  taken[0]?.()
  const { recorder } = recorderOf()
  await reviewsOn(recorder).answer(callOf({ takePlace: () => places.take(), review })).catch(() => null)
  expect(places.take()).not.toBeNull()
})

test('answer() gives a journalled review again without claiming its key', async () => {
  const place = { state: 'journalled', journal_id: 'j', position: 1, checksum: 'c' } as const
  const journalled = { record: recordOf('journalled'), receipt: place, bodyHash: 'b' }
  const { seen, recorder } = recorderOf({ journalled })
  const { answer, fresh } = await reviewsOn(recorder).answer(callOf())
  expect([answer.review_id, answer.receipt, fresh]).toEqual(['journalled', place, false])
  expect(seen).toMatchObject({ claims: 0, appended: [] })
})

test('answer() refuses another body under a journalled key', async () => {
  const { recorder } = recorderOf({ journalled: { record: recordOf('journalled'), receipt, bodyHash: 'other' } })
  await expect(reviewsOn(recorder).answer(callOf())).rejects.toMatchObject({ code: 'key_reused' })
})

test('answer() refuses at once a key whose review was archived, and decides nothing', async () => {
  const { seen, recorder } = recorderOf({ claim: 'archived' })
  await expect(reviewsOn(recorder).answer(callOf())).rejects.toMatchObject({ code: 'REVIEW_ARCHIVED' })
  expect(seen).toMatchObject({ claims: 1, appended: [] })
})

test('answer() decides when nobody can be asked who owns the key', async () => {
  const { seen, recorder } = recorderOf({ claim: 'cut_off' })
  expect((await reviewsOn(recorder).answer(callOf())).answer.review_id).toBe('reviewed')
  expect(seen).toMatchObject({ claims: 1, appended: ['reviewed'] })
})

test('answer() decides anew when its record could only be kept where a restart loses it', async () => {
  const { seen, recorder } = recorderOf({ volatile: 1 })
  expect((await reviewsOn(recorder).answer(callOf())).answer.review_id).toBe('volatile')
  expect(seen.appended).toEqual(['reviewed', 'volatile'])
})

test('answer() gives the key of a review that failed back', async () => {
  const { seen, recorder } = recorderOf()
  const review = () => Promise.reject(new Error('broken'))
  await expect(reviewsOn(recorder).answer(callOf({ review }))).rejects.toThrow('broken')
  expect(seen.released).toBe(1)
})
