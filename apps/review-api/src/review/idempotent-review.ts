import { setTimeout as sleep } from 'node:timers/promises'

import type { Store, StoredReview } from '@torghut/artifact-store'
import type { ReviewAnswer, ReviewRecord, ReviewSubmission } from '@torghut/contracts'

import type { Clock } from '../clock.ts'
import { ProblemError } from '../http/problems.ts'
import type { Deadline } from './deadline.ts'

/** How often a waiter looks whether the owner of its key has finished, in milliseconds. */
const POLL_MS = 25

/** How long past its own deadline an owner keeps its key: a crashed owner delays a repeat by this much at most. */
const LEASE_MARGIN_MS = 500

/** One keyed call: what identifies it, and the two ways its record can come about. */
export interface KeyedReview {
  key: string
  bodyHash: string
  submission: ReviewSubmission
  deadline: Deadline
  /** Runs the review; called at most once, by the owner of the key. */
  review(): Promise<ReviewRecord>
  /** The record of a waiter whose deadline came first. */
  timedOut(): Promise<ReviewRecord>
}

/** An answer and how long making its record durable took (null when it had been stored before). */
export interface KeyedAnswer {
  answer: ReviewAnswer
  persistMs: number | null
  fresh: boolean
}

/**
 * Gives every caller of one key the same answer from one program run: callers in this process share a promise,
 * callers in other replicas wait for the stored review, and the first committed verdict wins.
 */
export class IdempotentReviews {
  readonly #store: () => Store
  readonly #clock: Clock
  readonly #inFlight = new Map<string, { bodyHash: string; answer: Promise<KeyedAnswer> }>()

  constructor(store: () => Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Throws `ProblemError` 409 for another body under the key or an expired verdict, and the store's own errors. */
  async answer(call: KeyedReview): Promise<KeyedAnswer> {
    const shared = this.#inFlight.get(call.key)
    if (shared !== undefined) return this.#share(call, shared)
    const answer = this.#own(call)
    this.#inFlight.set(call.key, { bodyHash: call.bodyHash, answer })
    try {
      return await answer
    } finally {
      this.#inFlight.delete(call.key)
    }
  }

  async #share(call: KeyedReview, shared: { bodyHash: string; answer: Promise<KeyedAnswer> }): Promise<KeyedAnswer> {
    if (shared.bodyHash !== call.bodyHash) throw keyReused(call.key)
    const timer = new AbortController()
    const late = sleep(call.deadline.programMs(), null, { signal: timer.signal }).catch(() => null)
    try {
      const first = await Promise.race([shared.answer, late])
      return first === null ? await this.#commit(call, await call.timedOut()) : { ...first, fresh: false }
    } finally {
      timer.abort()
    }
  }

  async #own(call: KeyedReview): Promise<KeyedAnswer> {
    const store = this.#store()
    const leaseMs = Math.ceil(call.deadline.remainingMs()) + LEASE_MARGIN_MS
    for (;;) {
      const claim = await store.claimReviewKey({ key: call.key, bodyHash: call.bodyHash, leaseMs })
      if (claim.state === 'other_body') throw keyReused(call.key)
      if (claim.state === 'completed') return repeated(claim.review, this.#clock.now())
      if (claim.state === 'claimed') return this.#commit(call, await call.review())
      if (call.deadline.programMs() <= POLL_MS) return this.#commit(call, await call.timedOut())
      await sleep(POLL_MS)
    }
  }

  async #commit(call: KeyedReview, record: ReviewRecord): Promise<KeyedAnswer> {
    const stored = await this.#store().appendReview({
      record,
      submission: call.submission,
      idempotencyKey: call.key,
      bodyHash: call.bodyHash,
    })
    return {
      answer: { ...stored.review.record, receipt: stored.review.receipt },
      persistMs: stored.persistMs,
      fresh: stored.review.record.review_id === record.review_id,
    }
  }
}

/** A stored answer given again. One that allowed an order is void once its time is over. */
function repeated(stored: StoredReview, now: Date): KeyedAnswer {
  const { record, receipt } = stored
  const expired = record.verdict !== 'veto' && record.clock === 'wall' && now.getTime() > Date.parse(record.valid_until)
  if (expired) {
    throw new ProblemError({
      status: 409,
      code: 'verdict_expired',
      detail: `The verdict of this key was valid until ${record.valid_until}: post the decision anew under another key`,
    })
  }
  return { answer: { ...record, receipt }, persistMs: null, fresh: false }
}

function keyReused(key: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'key_reused',
    detail: `Idempotency key "${key}" was used for another body: send a new key`,
  })
}
