import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { ReviewArchivedError } from '@torghut/artifact-store'
import type { ReviewEntry } from '@torghut/artifact-store'
import type { ReviewAnswer, ReviewRecord, ReviewSubmission } from '@torghut/contracts'

import type { Clock } from '../clock.ts'
import { ProblemError } from '../http/problems.ts'
import { KeyLeases, LEASE_MS } from '../recording/key-leases.ts'
import type { KnownReview, Recorded, Recorder } from '../recording/recorder.ts'
import type { Deadline } from './deadline.ts'

export type { ReviewRecording } from '../recording/recorder.ts'

/** How often a waiter looks whether the owner of its key has finished, in milliseconds. */
const POLL_MS = 25

/** One keyed call: what identifies it, and the ways its record can come about. */
export interface KeyedReview {
  key: string
  bodyHash: string
  submission: ReviewSubmission
  deadline: Deadline
  /** Runs the review; called at most once, by the owner of the key. */
  review(): Promise<ReviewRecord>
  /** Takes a place among the reviews that may ask a program and returns how to leave it; null when there is none. */
  takePlace(): (() => void) | null
  /** The record of a review that got no place. */
  overloaded(): Promise<ReviewRecord>
  /** The record of a waiter whose deadline came first. */
  timedOut(): Promise<ReviewRecord>
  /** The record of a review that could only be kept where a restart loses it. */
  volatile(): Promise<ReviewRecord>
}

type Recording = Pick<Recorder, 'claim' | 'release' | 'renew' | 'ofKey' | 'append'>

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
  readonly #recorder: Recording
  readonly #leases: KeyLeases
  readonly #clock: Clock
  readonly #isHalted: (submission: ReviewSubmission) => boolean
  readonly #inFlight = new Map<string, { bodyHash: string; answer: Promise<KeyedAnswer> }>()

  /** `isHalted` tells whether new risk of a decision is halted now. */
  constructor(recorder: Recording, clock: Clock, isHalted: (submission: ReviewSubmission) => boolean) {
    this.#recorder = recorder
    this.#leases = new KeyLeases((renewal) => recorder.renew(renewal))
    this.#clock = clock
    this.#isHalted = isHalted
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
      return first === null ? await this.#commit(call, randomUUID(), await call.timedOut()) : { ...first, fresh: false }
    } finally {
      timer.abort()
    }
  }

  async #own(call: KeyedReview): Promise<KeyedAnswer> {
    const journalled = await this.#recorder.ofKey(call.key)
    if (journalled !== null) return this.#repeat(call, journalled)
    const owner = randomUUID()
    const leavePlace = call.takePlace()
    // Asks no model, so it needs no key before: the append decides who answers one anyway.
    if (leavePlace === null) return this.#commit(call, owner, await call.overloaded())
    try {
      return await this.#claim(call, owner)
    } finally {
      leavePlace()
    }
  }

  async #claim(call: KeyedReview, owner: string): Promise<KeyedAnswer> {
    const { key, bodyHash, deadline } = call
    for (;;) {
      const claim = await this.#recorder.claim({ key, bodyHash, owner, leaseMs: LEASE_MS }, deadline.remainingMs())
      if (claim.state === 'other_body') throw keyReused(key)
      if (claim.state === 'archived') throw new ReviewArchivedError(key, claim.reviewId)
      if (claim.state === 'completed') return this.#repeat(call, claim.review)
      if (claim.state === 'claimed') return this.#decide(call, owner)
      // Nobody can be asked who owns the key: we decide, and the drain sorts out who was first.
      if (claim.state === 'cut_off') return this.#commit(call, owner, await call.review())
      if (deadline.programMs() <= POLL_MS) return this.#commit(call, owner, await call.timedOut())
      await sleep(POLL_MS)
    }
  }

  /** A stored answer given again. One that allowed an order is void once its time is over or its risk is halted. */
  #repeat(call: KeyedReview, { record, receipt, bodyHash }: KnownReview): KeyedAnswer {
    if (bodyHash !== undefined && bodyHash !== call.bodyHash) throw keyReused(call.key)
    const { verdict, clock, valid_until: validUntil, llm_skipped: skipped } = record
    const isOver = clock === 'wall' && this.#clock.now().getTime() > Date.parse(validUntil)
    if (verdict !== 'veto' && isOver) throw verdictExpired(`The verdict of this key was valid until ${validUntil}`)
    // A proved exit stays one: no halt may keep a position open.
    if (verdict !== 'veto' && skipped !== 'reducing' && this.#isHalted(call.submission)) {
      throw verdictExpired('New risk was halted after the verdict of this key')
    }
    return { answer: { ...record, receipt }, persistMs: null, fresh: false }
  }

  /** Runs the review as the key's owner; on a failure the key is given back, so that a repeat need not wait. */
  async #decide(call: KeyedReview, owner: string): Promise<KeyedAnswer> {
    const letGo = this.#leases.hold({ key: call.key, owner })
    try {
      return await this.#commit(call, owner, await call.review())
    } catch (error) {
      await this.#recorder.release({ key: call.key, owner })
      throw error
    } finally {
      letGo()
    }
  }

  async #commit(call: KeyedReview, owner: string, record: ReviewRecord): Promise<KeyedAnswer> {
    const recorded = await this.#record(call, owner, record)
    if (recorded.state === 'volatile') return this.#commit(call, owner, await call.volatile())
    if (recorded.state === 'superseded') return this.#repeat(call, recorded.review)
    return { answer: { ...record, receipt: recorded.receipt }, persistMs: recorded.persistMs, fresh: true }
  }

  #record(call: KeyedReview, owner: string, record: ReviewRecord): Promise<Recorded> {
    const { key, bodyHash, submission, deadline } = call
    const keyed = { idempotencyKey: key, bodyHash, owner, submission, shadowOf: null, duplicateOf: null }
    const entry: ReviewEntry = { ...keyed, record, knownAt: record.reviewed_at }
    return this.#recorder.append(entry, deadline.remainingMs())
  }
}

function verdictExpired(why: string): ProblemError {
  const detail = `${why}: post the decision anew under another key`
  return new ProblemError({ status: 409, code: 'verdict_expired', detail })
}

function keyReused(key: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'key_reused',
    detail: `Idempotency key "${key}" was used for another body: send a new key`,
  })
}
