import { setTimeout as sleep } from 'node:timers/promises'

import { StoreUnavailableError } from '@torghut/artifact-store'
import type { DrainOutcome, DrainWriter, JournalledEntry, Store } from '@torghut/artifact-store'
import type { Journal, JournalledReview, KeptEntry, ReadEntry } from '@torghut/review-journal'
import type { JournalMetrics, Logger } from '@torghut/telemetry'

import type { DatabaseLink } from './database-link.ts'
import type { LocalJournal } from './local-journal.ts'

/** How often the drain looks whether an absent database is back, in milliseconds. */
const LOOK_MS = 250

/** How often it looks whether a complaint has passed, and for journals that dead processes left on the same folder. */
const ADOPT_MS = 5_000

/** Reviews brought home in one transaction. */
const BATCH_MAX = 64

export interface JournalDrainDeps {
  journal: LocalJournal
  link: DatabaseLink
  store(): Pick<Store, 'saveGatePolicy'>
  /** Registers the chain that drained reviews go to; called at most once while the database stays the same. */
  registerDrain(): Promise<DrainWriter>
  metrics: Pick<JournalMetrics, 'countDrained' | 'countRejected'>
  logger: Logger
  monotonicMs(): number
}

/**
 * Brings the journal home: in order, once each, whenever the database is there, and says when it is back. A row that
 * cannot be brought home is set aside and stops nothing.
 */
export class JournalDrain {
  readonly #deps: JournalDrainDeps
  #writer: DrainWriter | null = null
  #adoptedAtMs = Number.NEGATIVE_INFINITY
  #wake = new AbortController()
  #running: Promise<void> | null = null
  #closed = false

  constructor(deps: JournalDrainDeps) {
    this.#deps = deps
  }

  /** Begins to watch; until `close` is called. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Something was journalled, or the database may be back. */
  wake(): void {
    this.#wake.abort()
  }

  /** Brings home what `timeoutMs` allows, then stops. What is left stays in the journal. */
  async close(timeoutMs: number): Promise<void> {
    const endsAtMs = this.#deps.monotonicMs() + timeoutMs
    const isTimeLeft = () => this.#deps.monotonicMs() < endsAtMs
    while (this.#running !== null && this.#deps.link.away === null && this.#hasEntries() && isTimeLeft()) {
      this.wake()
      await sleep(10)
    }
    this.#closed = true
    this.wake()
    await Promise.race([this.#running, sleep(Math.max(0, endsAtMs - this.#deps.monotonicMs()), null, { ref: false })])
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      this.#wake = new AbortController()
      try {
        await this.#step()
      } catch (error) {
        this.#deps.logger.error({ err: error }, 'Journal could not be drained; trying again')
      }
      await sleep(LOOK_MS, null, { ref: false, signal: this.#wakeable() }).catch(() => undefined)
    }
  }

  /** While the database is away every look costs a ping, so only its rhythm counts then, not every journalled review. */
  #wakeable(): AbortSignal {
    return this.#deps.link.away === null || this.#closed ? this.#wake.signal : new AbortController().signal
  }

  async #step(): Promise<void> {
    const { link } = this.#deps
    const journal = await this.#openJournal()
    await this.#adopt(journal)
    if (link.away !== null && !(await link.ping())) return
    if (journal === null) return link.markBack()
    while (!this.#closed) {
      const left = await this.#drainBatch(journal)
      if (left === 'none') link.markBack()
      if (left !== 'some') return
    }
  }

  async #openJournal(): Promise<Journal | null> {
    return await this.#deps.journal.open().catch(() => null)
  }

  async #adopt(journal: Journal | null): Promise<void> {
    const { logger, monotonicMs } = this.#deps
    if (journal === null || monotonicMs() - this.#adoptedAtMs < ADOPT_MS) return
    this.#adoptedAtMs = monotonicMs()
    await this.#deps.journal.lookAgain()
    try {
      const entries = await journal.adopt()
      if (entries > 0) logger.warn({ entries }, 'Took over the journal of a process that is gone')
    } catch (error) {
      logger.error({ err: error }, 'Journals of processes that are gone cannot be read')
    }
  }

  /** Brings the oldest entries home; `unknown` when the database went away over it. */
  async #drainBatch(journal: Journal): Promise<'none' | 'some' | 'unknown'> {
    const { link, logger, metrics } = this.#deps
    const batch = await journal.oldest(BATCH_MAX)
    if (batch.length === 0) return 'none'
    try {
      const settled = await this.#bringHome(journal, batch)
      // First, so that every key is known at each moment: in the journal until the database can be asked.
      link.markBack()
      await journal.settle(settled)
      metrics.countDrained(settled.filter(({ reviewId }) => reviewId !== null).length)
      if (journal.figures.entries === 0) logger.info({}, 'Journal is drained')
      return 'some'
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      link.markAway(error.message)
      return 'unknown'
    }
  }

  /** Policies first: the reviews behind them refer to them. Returns what is durable in the database now. */
  async #bringHome(journal: Journal, batch: readonly ReadEntry[]): Promise<KeptEntry[]> {
    const settled: KeptEntry[] = []
    const reviews: { kept: KeptEntry; entry: JournalledReview }[] = []
    for (const { kept, entry } of batch) {
      if (entry === null) await this.#setAside(journal, kept, 'its bytes are no entry')
      else if (entry.kind === 'review') reviews.push({ kept, entry })
      else {
        await this.#deps.store().saveGatePolicy(Buffer.from(entry.text))
        settled.push(kept)
      }
    }
    const outcomes = reviews.length === 0 ? [] : await (await this.#drainWriter()).drain(reviews.map(toJournalled))
    for (const [index, { kept }] of reviews.entries()) {
      const outcome: DrainOutcome | undefined = outcomes[index]
      if (outcome?.state === 'rejected') await this.#setAside(journal, kept, outcome.error.message)
      else settled.push(kept)
    }
    return settled
  }

  async #drainWriter(): Promise<DrainWriter> {
    this.#writer ??= await this.#deps.registerDrain()
    return this.#writer
  }

  async #setAside(journal: Journal, kept: KeptEntry, reason: string): Promise<void> {
    const { journalId, position, reviewId } = kept
    this.#deps.metrics.countRejected()
    this.#deps.logger.error({ journalId, position, reviewId, reason }, 'Journal entry set aside')
    await journal.setAside(kept)
  }

  #hasEntries(): boolean {
    return this.#deps.journal.figures.entries > 0
  }
}

function toJournalled({ kept, entry }: { kept: KeptEntry; entry: JournalledReview }): JournalledEntry {
  return {
    entry: {
      idempotencyKey: entry.idempotency_key,
      bodyHash: entry.body_hash,
      owner: entry.owner,
      submission: entry.submission,
      record: entry.record,
      knownAt: entry.known_at,
      shadowOf: entry.shadow_of,
    },
    journal: {
      journalId: kept.journalId,
      position: kept.position,
      checksum: kept.checksum,
      journalledAt: new Date(entry.journalled_at),
    },
  }
}
