import { setTimeout as pause } from 'node:timers/promises'

import { chainRowHash } from '@torghut/contracts'
import type { ChainReceipt } from '@torghut/contracts'
import { DatabaseError } from 'pg'
import type { Pool, PoolClient } from 'pg'

import { toStoreError } from '../connection.ts'
import { EntryRejectedError, KeyReusedError, ReviewArchivedError, StoreUnavailableError } from '../errors.ts'
import { findAnsweredKeys } from '../queries/answered-keys.ts'
import type { StoredReview } from '../queries/stored-review.ts'
import { KEYS_LOST, appendBatch, readHead } from './append-batch.ts'
import type { ChainHead, JournalTrace, NumberedEntry } from './append-batch.ts'
import type { ChainPlace, ReviewEntry, ReviewRow } from './review-row.ts'

export interface ChainOptions<Entry extends PreparedEntry = PreparedEntry> {
  pool: Pool
  target: string
  writerId: string
  genesisHash: string
  /** Wall time of the rows. */
  now: () => Date
  /**
   * What is known of entries before they are written, asked before every try; without it, only what became of the keys
   * of a try that went wrong is asked.
   */
  look?: (client: PoolClient, open: readonly Entry[]) => Promise<Outcomes<Entry>>
}

/** An entry with the row it will become. */
export interface PreparedEntry {
  entry: ReviewEntry
  row: Omit<ReviewRow, ChainPlace>
  /** How it came out of a journal; absent for a review that goes to the database at once. */
  journal?: JournalTrace
}

export type Outcome =
  | { state: 'stored'; receipt: ChainReceipt }
  | { state: 'superseded'; review: StoredReview }
  | { state: 'failed'; error: unknown }

export type Outcomes<Entry> = Map<Entry, Outcome>

/**
 * Appends batches to one hash chain. The chain's end is kept in memory and forgotten whenever a write failed, since
 * the database may have committed what we could not hear about; the next attempt reads it back, together with what
 * became of the batch's keys. One call at a time.
 */
export class ChainWriter<Entry extends PreparedEntry> {
  readonly #options: ChainOptions<Entry>
  #head: ChainHead | null = null

  constructor(options: ChainOptions<Entry>) {
    this.#options = options
  }

  /** Tells what became of every entry, trying again until `deadlineAt` (of `performance.now()`). Never rejects. */
  async write(entries: readonly Entry[], deadlineAt: number): Promise<Outcomes<Entry>> {
    const outcomes: Outcomes<Entry> = new Map()
    let open = entries
    while (open.length > 0) {
      const error = await this.#attempt(open, outcomes, deadlineAt)
      open = open.filter((entry) => !outcomes.has(entry))
      if (error === null) continue
      this.#head = null
      if (isRefusal(error)) return await this.#isolate(open, outcomes, error, deadlineAt)
      if (!isRetryable(error) || performance.now() + RETRY_PAUSE_MS >= deadlineAt) {
        return settleAll(open, outcomes, error)
      }
      if (error instanceof StoreUnavailableError) await pause(RETRY_PAUSE_MS)
    }
    return outcomes
  }

  /** Null when every entry got its outcome; otherwise what went wrong, with nothing known about the rest. */
  async #attempt(
    open: readonly Entry[],
    outcomes: Outcomes<Entry>,
    deadlineAt: number,
  ): Promise<unknown> {
    try {
      await withClient(this.#options.pool, deadlineAt, async (client) => {
        const { look } = this.#options
        for (const [entry, outcome] of (await look?.(client, open)) ?? []) outcomes.set(entry, outcome)
        const head = this.#head ?? (await this.#recover(client, open, outcomes))
        const fresh = open.filter((entry) => !outcomes.has(entry))
        if (fresh.length > 0) await this.#append(client, fresh, outcomes, head)
      })
      return null
    } catch (failure) {
      return toStoreError(this.#options.target, failure)
    }
  }

  /** Settles the entries whose keys are answered, by us or by others, and reads where the chain ends. */
  async #recover(
    client: PoolClient,
    open: readonly Entry[],
    outcomes: Outcomes<Entry>,
  ): Promise<ChainHead> {
    const unknown = this.#options.look === undefined ? open : []
    const answered = await findAnsweredKeys(client, unknown.map(({ entry }) => entry.idempotencyKey))
    for (const prepared of unknown) {
      const { idempotencyKey, bodyHash } = prepared.entry
      const key = answered.get(idempotencyKey)
      if (key === undefined) continue
      if (key.bodyHash !== bodyHash) {
        outcomes.set(prepared, { state: 'failed', error: new KeyReusedError(idempotencyKey) })
      } else if (key.review !== null) {
        outcomes.set(prepared, answerOf(prepared, key.review))
      } else if (key.answeredBy !== null) {
        outcomes.set(prepared, { state: 'failed', error: new ReviewArchivedError(idempotencyKey, key.answeredBy) })
      }
    }
    return await readHead(client, this.#options.writerId, this.#options.genesisHash)
  }

  async #append(
    client: PoolClient,
    entries: readonly Entry[],
    outcomes: Outcomes<Entry>,
    head: ChainHead,
  ): Promise<void> {
    const rows = numberRows(entries, head, this.#options)
    await appendBatch(client, entries.map((prepared, index) => withRow(prepared, rows[index])))
    entries.forEach((prepared, index) => {
      const row = rows[index]
      if (row !== undefined) outcomes.set(prepared, { state: 'stored', receipt: receiptOf(row) })
    })
    const last = rows.at(-1)
    this.#head = last === undefined ? head : { seq: last.seq, rowHash: last.row_hash }
  }

  /** One entry the database refuses must not take its neighbours along: each is tried alone. */
  async #isolate(
    open: readonly Entry[],
    outcomes: Outcomes<Entry>,
    error: DatabaseError,
    deadlineAt: number,
  ): Promise<Outcomes<Entry>> {
    const [only] = open
    if (open.length === 1 && only !== undefined) {
      const reason = `${error.code} ${error.message}`
      return settleAll(open, outcomes, new EntryRejectedError(only.row.id, reason, { cause: error }))
    }
    for (const prepared of open) {
      for (const [entry, outcome] of await this.write([prepared], deadlineAt)) outcomes.set(entry, outcome)
    }
    return outcomes
  }
}

/** Long enough not to hammer a server that restarts, short enough for several tries inside a review's deadline. */
const RETRY_PAUSE_MS = 50

/** Runs `use` on a connection that is closed under it when the deadline passes, and thrown away when it failed. */
async function withClient(pool: Pool, deadlineAt: number, use: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  let released = false
  const release = (broken: boolean) => {
    if (!released) client.release(broken)
    released = true
  }
  const timer = setTimeout(() => release(true), Math.max(0, deadlineAt - performance.now()))
  try {
    await use(client)
    release(false)
  } catch (error) {
    release(!(error instanceof DatabaseError))
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Gives every row its place behind the head and its hash. */
function numberRows(
  entries: readonly PreparedEntry[],
  head: ChainHead,
  options: Pick<ChainOptions, 'now' | 'writerId'>,
): ReviewRow[] {
  const created_at = options.now()
  let { seq, rowHash } = head
  return entries.map(({ row }) => {
    const placed = { ...row, writer_id: options.writerId, seq: (seq += 1), prev_hash: rowHash, created_at }
    rowHash = chainRowHash(placed)
    return { ...placed, row_hash: rowHash }
  })
}

function withRow({ entry, journal }: PreparedEntry, row: ReviewRow | undefined): NumberedEntry {
  if (row === undefined) throw new TypeError('Every entry has a row')
  const { action, qty } = entry.submission.request.decision
  return { row, bodyHash: entry.bodyHash, owner: entry.owner, action, qty, journal: journal ?? null }
}

/** Our own review under the key means that an earlier attempt did commit. */
function answerOf(prepared: PreparedEntry, review: StoredReview): Outcome {
  const ours = review.record.review_id === prepared.row.id
  return ours ? { state: 'stored', receipt: review.receipt } : { state: 'superseded', review }
}

function receiptOf(row: ReviewRow): ChainReceipt {
  return { writer_id: row.writer_id, seq: row.seq, row_hash: row.row_hash }
}

function settleAll<Entry>(open: readonly Entry[], outcomes: Outcomes<Entry>, error: unknown): Outcomes<Entry> {
  for (const entry of open) outcomes.set(entry, { state: 'failed', error })
  return outcomes
}

/** The world's failures, keys lost to somebody else, and a chain or a drain that went on behind our back. */
function isRetryable(error: unknown): boolean {
  if (error instanceof StoreUnavailableError) return true
  return error instanceof DatabaseError && (error.code === KEYS_LOST || isOvertaken(error))
}

/** SQLSTATE classes 22 (impossible value), 23 (constraint) and 54 (too large): the entry's own fault. */
function isRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^(22|23|54)/.test(error.code ?? '') && !isOvertaken(error)
}

function isOvertaken(error: DatabaseError): boolean {
  return error.code === '23505' && (error.table === 'audit_batches' || error.table === 'journal_entries')
}
