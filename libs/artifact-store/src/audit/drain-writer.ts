import type { PoolClient } from 'pg'

import { EntryRejectedError } from '../errors.ts'
import { findAnsweredKeys } from '../queries/answered-keys.ts'
import type { KeyState } from '../queries/answered-keys.ts'
import { findDrainedReviews, saveJournalEntry } from '../queries/journal-entries.ts'
import type { JournalTrace } from './append-batch.ts'
import { ChainWriter } from './chain-writer.ts'
import type { ChainOptions, Outcome, Outcomes, PreparedEntry } from './chain-writer.ts'
import { reviewRow } from './review-row.ts'
import type { ReviewEntry } from './review-row.ts'

/** A review out of a journal, with the place its first receipt named. */
export interface JournalledEntry {
  entry: Omit<ReviewEntry, 'duplicateOf'>
  journal: Omit<JournalTrace, 'answersKey'>
}

/** `stored`: it is in the database now, or was before. `rejected`: the database will never take it. */
export type DrainOutcome = { state: 'stored' } | { state: 'rejected'; error: EntryRejectedError }

interface Draining extends PreparedEntry {
  journal: JournalTrace
}

/**
 * Brings journalled reviews into the database, into a chain of its own: in their order, once each, whatever was
 * committed by an earlier drain that could not hear of it. One call at a time.
 */
export class DrainWriter {
  readonly writerId: string
  readonly #chain: ChainWriter<Draining>
  readonly #batchTimeoutMs: number

  constructor({ batchTimeoutMs, ...chain }: Omit<ChainOptions, 'look'> & { batchTimeoutMs: number }) {
    this.writerId = chain.writerId
    this.#batchTimeoutMs = batchTimeoutMs
    this.#chain = new ChainWriter<Draining>({ ...chain, look: lookUp })
  }

  /** What became of each entry, in their order. Throws `StoreUnavailableError`: then draining them again is safe. */
  async drain(entries: readonly JournalledEntry[]): Promise<DrainOutcome[]> {
    const prepared = entries.map(prepare)
    const good = prepared.filter((one): one is Draining => !(one instanceof EntryRejectedError))
    const outcomes = await this.#chain.write(good, performance.now() + this.#batchTimeoutMs)
    return prepared.map((one) => {
      if (one instanceof EntryRejectedError) return { state: 'rejected', error: one }
      return toOutcome(outcomes.get(one))
    })
  }
}

function prepare({ entry, journal }: JournalledEntry): Draining | EntryRejectedError {
  try {
    const full = { ...entry, duplicateOf: null }
    return { entry: full, row: reviewRow(full), journal: { ...journal, answersKey: true } }
  } catch (error) {
    if (error instanceof EntryRejectedError) return error
    throw error
  }
}

function toOutcome(outcome: Outcome | undefined): DrainOutcome {
  if (outcome?.state !== 'failed') return { state: 'stored' }
  if (outcome.error instanceof EntryRejectedError) return { state: 'rejected', error: outcome.error }
  throw outcome.error
}

/** Which entries are there already; the others learn whether their key was answered without them. */
async function lookUp(client: PoolClient, open: readonly Draining[]): Promise<Outcomes<Draining>> {
  const drained = await findDrainedReviews(client, open.map(({ row }) => row.id))
  const keys = await findAnsweredKeys(client, open.map(({ entry }) => entry.idempotencyKey))
  const outcomes: Outcomes<Draining> = new Map()
  const answeredHere = new Map<string, Draining>()
  for (const draining of open) {
    const { row, entry, journal } = draining
    const state = keys.get(entry.idempotencyKey)
    const receipt = drained.get(row.id)
    if (receipt !== undefined) {
      outcomes.set(draining, { state: 'stored', receipt })
    } else if (state?.review?.record.review_id === row.id) {
      // Committed before it was journalled, by an append that seemed to fail.
      await saveJournalEntry(client, row.id, journal)
      outcomes.set(draining, { state: 'stored', receipt: state.review.receipt })
    } else {
      markDuplicate(draining, state, answeredHere.get(entry.idempotencyKey))
      if (draining.journal.answersKey) answeredHere.set(entry.idempotencyKey, draining)
    }
  }
  return outcomes
}

/** The key stays with whoever answered it first, or holds it for another body; the row is kept all the same. */
function markDuplicate(draining: Draining, state: KeyState | undefined, before: Draining | undefined): void {
  const { entry, row, journal } = draining
  const answeredBy = state?.answeredBy ?? before?.row.id ?? null
  const isOtherBody = state !== undefined && state.bodyHash !== entry.bodyHash
  draining.row = { ...row, duplicate_of: answeredBy }
  draining.journal = { ...journal, answersKey: answeredBy === null && !isOtherBody }
}
