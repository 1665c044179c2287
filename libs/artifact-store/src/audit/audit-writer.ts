import type { ChainReceipt } from '@torghut/contracts'

import { AuditQueueFullError, StoreUnavailableError } from '../errors.ts'
import type { StoredReview } from '../queries/stored-review.ts'
import { ChainWriter } from './chain-writer.ts'
import type { ChainOptions, Outcome, PreparedEntry } from './chain-writer.ts'
import { reviewRow } from './review-row.ts'
import type { ReviewEntry } from './review-row.ts'

export interface AuditWriterOptions extends Omit<ChainOptions, 'look'> {
  /** How long one batch may take, retries after a lost connection included. */
  batchTimeoutMs: number
  queuedMax: number
}

/** `stored`: our review answers the key. `superseded`: another attempt's review already did, ours was not written. */
export type AppendResult =
  | { state: 'stored'; receipt: ChainReceipt; persistMs: number }
  | { state: 'superseded'; review: StoredReview; persistMs: number }

interface Waiting extends PreparedEntry {
  queuedAt: number
  resolve: (result: AppendResult) => void
  reject: (error: unknown) => void
}

/** Most reviews in one transaction; beyond that a batch costs more latency than it saves commits. */
const BATCH_MAX = 64

/**
 * Writes this process's reviews, in the order they came. It flushes when idle and gathers while a flush is in flight:
 * a timer would only add its own wait to the commit's.
 */
export class AuditWriter {
  readonly writerId: string
  readonly #options: AuditWriterOptions
  readonly #chain: ChainWriter<Waiting>
  #queue: Waiting[] = []
  #draining: Promise<void> | null = null
  #closed = false

  constructor(options: AuditWriterOptions) {
    this.#options = options
    this.#chain = new ChainWriter(options)
    this.writerId = options.writerId
  }

  /** How many reviews wait for their batch. */
  get queuedCount(): number {
    return this.#queue.length
  }

  /**
   * Resolves when the review is durable. Throws `StoreUnavailableError` (it may be stored all the same; appending the
   * same entry again is safe and tells), `AuditQueueFullError`, `EntryRejectedError` or `KeyReusedError`; at the latest
   * after 2.5 times the batch's deadline.
   */
  async append(entry: ReviewEntry): Promise<AppendResult> {
    const { queuedMax, target } = this.#options
    if (this.#closed) throw new StoreUnavailableError(target, 'the store is closed')
    if (this.#queue.length >= queuedMax) throw new AuditQueueFullError(queuedMax)
    const row = reviewRow(entry)
    return await new Promise<AppendResult>((resolve, reject) => {
      this.#queue.push({ entry, row, queuedAt: performance.now(), resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Refuses new reviews and waits for those already accepted. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#draining
  }

  async #drain(): Promise<void> {
    // One turn of the microtask queue, so that reviews that arrive together travel together.
    await Promise.resolve()
    for (let batch = this.#takeBatch(); batch.length > 0; batch = this.#takeBatch()) {
      const outcomes = await this.#chain.write(batch, performance.now() + this.#options.batchTimeoutMs)
      for (const [waiting, outcome] of outcomes) settle(waiting, outcome)
    }
    this.#draining = null
  }

  /** The oldest reviews, one a key: a second one under the same key has to see what became of the first. */
  #takeBatch(): Waiting[] {
    const batch = new Map<string, Waiting>()
    const later: Waiting[] = []
    const oldestAt = performance.now() - this.#options.batchTimeoutMs
    for (const waiting of this.#queue) {
      const { idempotencyKey } = waiting.entry
      if (waiting.queuedAt < oldestAt) waiting.reject(this.#waitedTooLong())
      else if (batch.size < BATCH_MAX && !batch.has(idempotencyKey)) batch.set(idempotencyKey, waiting)
      else later.push(waiting)
    }
    this.#queue = later
    return [...batch.values()]
  }

  #waitedTooLong(): StoreUnavailableError {
    return new StoreUnavailableError(this.#options.target, 'the review waited too long for its batch')
  }
}

function settle(waiting: Waiting, outcome: Outcome): void {
  if (outcome.state === 'failed') waiting.reject(outcome.error)
  else waiting.resolve({ ...outcome, persistMs: performance.now() - waiting.queuedAt })
}
