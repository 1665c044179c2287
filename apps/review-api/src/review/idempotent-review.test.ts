import { parseReviewSubmission } from '@torghut/contracts'
import type { ReviewRecord } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import { expect, test } from 'vitest'

import type { Recording } from '../late-store.ts'
import { IdempotentReviews } from './idempotent-review.ts'
import type { KeyedReview } from './idempotent-review.ts'
import { Places } from './places.ts'

const receipt = { writer_id: 'w', seq: 1, row_hash: 'h' }
const now = new Date('2026-03-02T12:00:00Z')
const recordOf = (name: string, verdict = 'veto') =>
  ({ review_id: name, verdict, clock: 'wall', valid_until: '2026-03-02T11:59:00Z', llm_skipped: null }) as unknown as ReviewRecord

/** A recording that claims every key and stores what it is given, or says that the key was answered before. */
function recordingOf(answeredBefore: ReviewRecord | null = null) {
  const seen = { claims: 0, appended: [] as string[] }
  const recording = {
    store: {
      claimReviewKey: async () => ((seen.claims += 1), { state: 'claimed' }),
      releaseReviewKey: async () => true,
    },
    writer: {
      append: async ({ record }: { record: ReviewRecord }) => {
        seen.appended.push(record.review_id)
        if (answeredBefore !== null) return { state: 'superseded', review: { record: answeredBefore, receipt }, persistMs: 1 }
        return { state: 'stored', receipt, persistMs: 1 }
      },
    },
  } as unknown as Recording
  return { seen, recording }
}

function reviewsOn(recording: Recording): IdempotentReviews {
  return new IdempotentReviews(() => recording, { now: () => now, monotonicMs: () => 0 }, () => false)
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
    ...changes,
  }
}

test('answer() records an overloaded review without taking its key or running it', async () => {
  const { seen, recording } = recordingOf()
  const review = () => Promise.reject(new Error('ran'))
  const { answer, fresh } = await reviewsOn(recording).answer(callOf({ takePlace: () => null, review }))
  expect([answer.review_id, fresh]).toEqual(['overloaded', true])
  expect(seen).toEqual({ claims: 0, appended: ['overloaded'] })
})

test('answer() under overload still gives a key its first answer', async () => {
  const { recording } = recordingOf(recordOf('first'))
  const { answer, fresh } = await reviewsOn(recording).answer(callOf({ takePlace: () => null }))
  expect([answer.review_id, fresh]).toEqual(['first', false])
})

test('answer() under overload does not revive an approve whose time is over', async () => {
  const { recording } = recordingOf(recordOf('first', 'approve'))
  await expect(reviewsOn(recording).answer(callOf({ takePlace: () => null }))).rejects.toMatchObject({ code: 'verdict_expired' })
})

test.each([
  ['answers', async () => recordOf('reviewed')],
  ['fails', () => Promise.reject(new Error('broken'))],
])('answer() leaves its place when the review %s', async (_how, review) => {
  const places = new Places()
  const taken: (() => void)[] = []
  for (let place = places.take(); place !== null; place = places.take()) taken.push(place)
  taken[0]?.()
  const { recording } = recordingOf()
  await reviewsOn(recording).answer(callOf({ takePlace: () => places.take(), review })).catch(() => null)
  expect(places.take()).not.toBeNull()
})
