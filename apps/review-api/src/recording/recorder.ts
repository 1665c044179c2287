import type { AppendResult, AuditWriter, ClaimResult, ReviewEntry, Store } from '@torghut/artifact-store'
import type { Receipt, ReviewRecord, TradingMode } from '@torghut/contracts'
import { JournalFullError, JournalStuckError, JournalUnwritableError } from '@torghut/review-journal'
import type { JournalAppend, JournalPlace, ReadEntry } from '@torghut/review-journal'
import type { JournalMetrics } from '@torghut/telemetry'

import { ProblemError } from '../http/problems.ts'
import { DatabaseAwayError } from './database-link.ts'
import type { DatabaseLink } from './database-link.ts'
import type { LocalJournal } from './local-journal.ts'
import { LATE, within } from './within.ts'

/** Where keys are claimed and records are made durable while the database is there. */
export interface ReviewRecording {
  store: Pick<Store, 'claimReviewKey' | 'releaseReviewKey' | 'renewReviewKeys'>
  writer: Pick<AuditWriter, 'append'>
}

/** A recorded review as it is answered again. */
export interface KnownReview {
  record: ReviewRecord
  receipt: Receipt
  bodyHash?: string
}

/**
 * `superseded`: another attempt's review answers the key. `volatile`: the record allows risk and could only be kept
 * where a restart loses it; it was not recorded.
 */
export type Recorded =
  | { state: 'stored'; receipt: Receipt; persistMs: number }
  | { state: 'superseded'; review: KnownReview; persistMs: number }
  | { state: 'volatile' }

export interface RecorderDeps {
  recording(): ReviewRecording
  link: DatabaseLink
  journal: LocalJournal
  metrics: Pick<JournalMetrics, 'countWritten' | 'countRefused'>
  mode: TradingMode
  monotonicMs(): number
  /** Told when something waits in the journal. */
  onJournalled(): void
}

/**
 * The share of what is left of a review's time that the database may use, with its bounds in milliseconds. A busy
 * database answers within the lower one; a deadline that is shorter is missed once, by whoever finds that it hangs.
 */
const DATABASE_SHARE = 0.6
const DATABASE_MIN_MS = 250
const DATABASE_MAX_MS = 1_500

/** Time the disk always gets, also past a deadline: an answer a moment late beats a decision that is lost. */
const DISK_MIN_MS = 250

/**
 * Makes records durable: in the database, or in the local journal while that is away. An append whose outcome is
 * unknown goes to the journal too; the drain finds out that it is stored already.
 */
export class Recorder {
  readonly #deps: RecorderDeps

  constructor(deps: RecorderDeps) {
    this.#deps = deps
  }

  /** False when a record of now would be lost with this container: live takes no new risk on it. */
  get isDurable(): boolean {
    const { link, journal } = this.#deps
    return link.away === null || journal.isPersistent
  }

  /** Takes a key, or tells who has it; `cut_off` when nobody can be asked. Throws what the store refuses. */
  async claim(
    claim: { key: string; bodyHash: string; owner: string; leaseMs: number },
    remainingMs: number,
  ): Promise<ClaimResult | { state: 'cut_off' }> {
    const { link, recording } = this.#deps
    try {
      return await link.run(() => recording().store.claimReviewKey(claim), databaseMs(remainingMs))
    } catch (error) {
      if (error instanceof DatabaseAwayError) return { state: 'cut_off' }
      throw error
    }
  }

  /** Gives a key back, or lets its lease run out when nobody can be asked. */
  async release(key: { key: string; owner: string }): Promise<void> {
    const { link, recording } = this.#deps
    await link.run(() => recording().store.releaseReviewKey(key), DATABASE_MAX_MS).catch(() => false)
  }

  /** Prolongs leases; one that cannot be prolonged runs out. */
  async renew(renewal: Parameters<Store['renewReviewKeys']>[0]): Promise<void> {
    const { link, recording } = this.#deps
    await link.run(() => recording().store.renewReviewKeys(renewal), DATABASE_MAX_MS).catch(() => undefined)
  }

  /** The review in our journal that answers a key, or null. */
  async ofKey(key: string): Promise<KnownReview | null> {
    return toKnown(await (await this.#deps.journal.opened())?.ofKey(key))
  }

  /** The review in our journal of this id, or null. */
  async ofReview(reviewId: string): Promise<KnownReview | null> {
    return toKnown(await (await this.#deps.journal.opened())?.ofReview(reviewId))
  }

  /** Throws `ProblemError` 503 when nothing can be recorded, and the store's `KeyReusedError` and `EntryRejectedError`. */
  async append(entry: ReviewEntry, remainingMs: number): Promise<Recorded> {
    const { link, recording, monotonicMs } = this.#deps
    const startedMs = monotonicMs()
    const leftMs = () => remainingMs - (monotonicMs() - startedMs)
    let stored: Promise<AppendResult> | null = null
    try {
      const append = () => (stored = recording().writer.append(entry))
      return await link.run(append, databaseMs(remainingMs))
    } catch (error) {
      if (!(error instanceof DatabaseAwayError)) throw error
    }
    if (!this.#mayJournal(entry.record)) return (await this.#lastHope(stored, leftMs())) ?? { state: 'volatile' }
    const journalled = await this.#journal(entry, leftMs(), stored)
    return { ...journalled, persistMs: monotonicMs() - startedMs }
  }

  /** On ephemeral storage live keeps only what takes no new risk in the journal alone. */
  #mayJournal({ verdict, llm_skipped: skipped }: ReviewRecord): boolean {
    const { journal, mode } = this.#deps
    return journal.isPersistent || mode === 'paper' || verdict === 'veto' || skipped === 'reducing'
  }

  async #journal(entry: ReviewEntry, leftMs: number, stored: Promise<AppendResult> | null) {
    const { journal, metrics, onJournalled } = this.#deps
    try {
      const appended = await journal.append(entry, Math.max(DISK_MIN_MS, leftMs))
      if (appended.state === 'stored') metrics.countWritten()
      onJournalled()
      return toRecorded(appended)
    } catch (error) {
      if (!isJournalFailure(error)) throw error
      const late = await this.#lastHope(stored, leftMs)
      if (late !== null) return late
      metrics.countRefused()
      throw nothingRecorded(error)
    }
  }

  /** The journal is no help; an append the database has not answered yet may still come home. */
  async #lastHope(stored: Promise<AppendResult> | null, leftMs: number): Promise<AppendResult | null> {
    if (stored === null) return null
    const result = await within(leftMs, stored).catch(() => LATE)
    return result === LATE ? null : (result as AppendResult)
  }
}

function databaseMs(remainingMs: number): number {
  return Math.min(DATABASE_MAX_MS, Math.max(DATABASE_MIN_MS, remainingMs * DATABASE_SHARE))
}

function toRecorded(appended: JournalAppend) {
  if (appended.state === 'stored') return { state: 'stored', receipt: toReceipt(appended.place) } as const
  const { place, entry } = appended
  if (entry.kind !== 'review') throw new TypeError('A key belongs to a review')
  const review = { record: entry.record, receipt: toReceipt(place), bodyHash: entry.body_hash }
  return { state: 'superseded', review } as const
}

function toKnown(read: ReadEntry | undefined): KnownReview | null {
  if (read?.entry?.kind !== 'review') return null
  return { record: read.entry.record, receipt: toReceipt(read.kept), bodyHash: read.entry.body_hash }
}

function toReceipt({ journalId, position, checksum }: JournalPlace): Receipt {
  return { state: 'journalled', journal_id: journalId, position, checksum }
}

function isJournalFailure(error: unknown): boolean {
  return [JournalFullError, JournalStuckError, JournalUnwritableError].some((kind) => error instanceof kind)
}

function nothingRecorded(cause: unknown): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'nothing_recorded',
    detail: 'No verdict can be recorded now: treat it as a veto of new risk and try again',
    cause,
  })
}
