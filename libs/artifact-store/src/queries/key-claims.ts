import { DatabaseError } from 'pg'
import type { Pool } from 'pg'

import { claimReviewKeys } from './review-keys.ts'
import type { ClaimResult, KeyClaim } from './review-keys.ts'

interface Waiting {
  claim: KeyClaim
  resolve: (result: ClaimResult) => void
  reject: (error: unknown) => void
}

/** Most claims in one statement. */
const BATCH_MAX = 64

/** Statements under way at once: a claim that waits for a locked row then holds up no more than its own batch. */
const STATEMENTS_MAX = 2

/** Claims keys for many reviews at once: those that come while a statement is under way travel in the next one. */
export class KeyClaims {
  readonly #pool: Pool
  #queue: Waiting[] = []
  #underWay = 0

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async claim(claim: KeyClaim): Promise<ClaimResult> {
    return await new Promise<ClaimResult>((resolve, reject) => {
      this.#queue.push({ claim, resolve, reject })
      if (this.#underWay < STATEMENTS_MAX) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#underWay += 1
    // One turn of the microtask queue, so that claims that arrive together travel together.
    await Promise.resolve()
    for (let batch = this.#takeBatch(); batch.length > 0; batch = this.#takeBatch()) await this.#claimAll(batch)
    this.#underWay -= 1
  }

  /** The oldest claims, one a key: a second one of the same key has to see what became of the first. */
  #takeBatch(): Waiting[] {
    const batch = new Map<string, Waiting>()
    const later: Waiting[] = []
    for (const waiting of this.#queue) {
      const { key } = waiting.claim
      if (batch.size < BATCH_MAX && !batch.has(key)) batch.set(key, waiting)
      else later.push(waiting)
    }
    this.#queue = later
    return [...batch.values()]
  }

  async #claimAll(batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await claimReviewKeys(this.#pool, batch.map(({ claim }) => claim))
      for (const { claim, resolve, reject } of batch) {
        const result = results.get(claim.key)
        if (result === undefined) reject(new TypeError('Every claim has a result'))
        else resolve(result)
      }
    } catch (error) {
      if (isRefusal(error) && batch.length > 1) for (const waiting of batch) await this.#claimAll([waiting])
      else for (const { reject } of batch) reject(error)
    }
  }
}

/** A value the table cannot hold: its own claim's fault, and none of its neighbours'. */
function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && /^(22|23)/.test(error.code ?? '')
}
