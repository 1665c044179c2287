import type { BatchAnswer, TradeResult } from '@torghut/contracts'
import type { Pool } from 'pg'

import { AuditWriter } from './audit/audit-writer.ts'
import { describeTarget, guarded, openPool } from './connection.ts'
import { ReviewNotFoundError, SchemaMismatchError, StoreUnavailableError } from './errors.ts'
import { MIGRATIONS_FOLDER, appliedMigrations, committedMigrations, pendingMigrations } from './migrations/history.ts'
import { insertWriter, listWriters } from './queries/audit-writers.ts'
import type { RegisteredWriter, WriterFacts } from './queries/audit-writers.ts'
import { findOptionalGatePolicy, saveGatePolicy } from './queries/gate-policies.ts'
import { findOptionalArtifact, saveArtifact } from './queries/program-artifacts.ts'
import type { ArtifactName, NewArtifact } from './queries/program-artifacts.ts'
import { claimReviewKey, releaseReviewKey } from './queries/review-keys.ts'
import type { ClaimResult, KeyClaim } from './queries/review-keys.ts'
import { findOptionalReview, findOptionalReviewByKey, listReviews } from './queries/reviews.ts'
import type { ReviewFilter, ReviewPage } from './queries/reviews.ts'
import { readRole } from './queries/role.ts'
import type { RoleFacts } from './queries/role.ts'
import type { StoredReview } from './queries/stored-review.ts'
import { saveOutcomes } from './queries/trade-outcomes.ts'
import { verifyChain } from './queries/verify-chain.ts'
import type { ChainReport } from './queries/verify-chain.ts'

export interface StoreOptions {
  applicationUrl: string
  applicationName?: string
  /** Connections for reading; claims get as many of their own, each audit writer one. */
  poolSize?: number
  connectTimeoutMs?: number
  statementTimeoutMs?: number
  /** How long one batch of reviews may take; see `AuditWriter.append`. */
  batchTimeoutMs?: number
  /** Most reviews that may wait for their batch. */
  queuedMax?: number
  /** Wall time of new rows. */
  now?: () => Date
}

export type Settings = Required<StoreOptions>

/** A review takes seconds at most; a database that needs longer for one statement is as good as away. */
const DEFAULTS = {
  applicationName: 'torghut',
  poolSize: 8,
  connectTimeoutMs: 2_000,
  statementTimeoutMs: 5_000,
  batchTimeoutMs: 2_000,
  queuedMax: 1_024,
  now: () => new Date(),
}

/**
 * Connects with the application's role. Throws `SchemaMismatchError` when the database is not at the committed
 * migrations, `MigrationEditedError` or `MigrationOutOfOrderError` when files and history contradict each other, and
 * `StoreUnavailableError`, as every method of the store does.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const settings = { ...DEFAULTS, ...options }
  const target = describeTarget(settings.applicationUrl)
  const reading = openPool({ ...poolSettings(settings), synchronousCommit: 'on' })
  try {
    await guarded(target, () => requireSchema(reading))
    const role = await guarded(target, () => readRole(reading))
    return new Store(settings, reading, role)
  } catch (error) {
    await reading.end()
    throw error
  }
}

function poolSettings(settings: Settings) {
  const { applicationUrl: url, applicationName, poolSize, connectTimeoutMs, statementTimeoutMs } = settings
  return { url, applicationName, poolSize, connectTimeoutMs, statementTimeoutMs }
}

async function requireSchema(pool: Pool): Promise<void> {
  const pending = pendingMigrations(committedMigrations(MIGRATIONS_FOLDER), await appliedMigrations(pool))
  if (pending.length > 0) throw new SchemaMismatchError(pending.map((migration) => migration.tag), 0)
}

/** The reviews, what they rest on, and what came of them. */
export class Store {
  /** What the connected role may do; the application refuses to run in live as superuser or owner. */
  readonly role: RoleFacts
  readonly #settings: Settings
  readonly #target: string
  readonly #reading: Pool
  readonly #claiming: Pool
  readonly #writers: { writer: AuditWriter; pool: Pool }[] = []

  constructor(settings: Settings, reading: Pool, role: RoleFacts) {
    this.role = role
    this.#settings = settings
    this.#target = describeTarget(settings.applicationUrl)
    this.#reading = reading
    this.#claiming = openPool({ ...poolSettings(settings), synchronousCommit: 'off' })
  }

  /** Starts a new chain. One writer a process is enough; each has a connection of its own. */
  async registerWriter(facts: WriterFacts): Promise<AuditWriter> {
    const { connectTimeoutMs, batchTimeoutMs, queuedMax, now } = this.#settings
    const genesisHash = await this.#run((pool) => insertWriter(pool, facts))
    const pool = openPool({
      ...poolSettings(this.#settings),
      poolSize: 1,
      // A second try has to fit into the batch's time, so connecting may take half of it.
      connectTimeoutMs: Math.min(connectTimeoutMs, Math.ceil(batchTimeoutMs / 2)),
      synchronousCommit: 'on',
    })
    const writer = new AuditWriter({
      pool,
      target: this.#target,
      writerId: facts.writerId,
      genesisHash,
      batchTimeoutMs,
      queuedMax,
      now,
    })
    this.#writers.push({ writer, pool })
    return writer
  }

  /** Every writer there ever was, oldest first: whose chains an audit has to verify. */
  listWriters(): Promise<RegisteredWriter[]> {
    return this.#run(listWriters)
  }

  /** Keeps a policy's canonical bytes and returns their hash. */
  saveGatePolicy(bytes: Uint8Array): Promise<string> {
    return this.#run((pool) => saveGatePolicy(pool, bytes))
  }

  findOptionalGatePolicy(policyHash: string): Promise<Buffer | undefined> {
    return this.#run((pool) => findOptionalGatePolicy(pool, policyHash))
  }

  /** Keeps an artifact's bytes and returns their hash. */
  saveArtifact(artifact: NewArtifact): Promise<string> {
    return this.#run((pool) => saveArtifact(pool, artifact))
  }

  findOptionalArtifact(name: ArtifactName): Promise<Buffer | undefined> {
    return this.#run((pool) => findOptionalArtifact(pool, name))
  }

  /** Takes an idempotency key for one attempt, or tells who has it. */
  claimReviewKey(claim: KeyClaim): Promise<ClaimResult> {
    return guarded(this.#target, () => claimReviewKey(this.#claiming, claim))
  }

  /** Gives an unanswered key back after a failure; false when it was not ours any more. */
  releaseReviewKey(claim: { key: string; owner: string }): Promise<boolean> {
    return guarded(this.#target, () => releaseReviewKey(this.#claiming, claim))
  }

  /** Throws `ReviewNotFoundError` when there is none. */
  async findReview(reviewId: string): Promise<StoredReview> {
    const review = await this.findOptionalReview(reviewId)
    if (review === undefined) throw new ReviewNotFoundError(reviewId)
    return review
  }

  findOptionalReview(reviewId: string): Promise<StoredReview | undefined> {
    return this.#run((pool) => findOptionalReview(pool, reviewId))
  }

  findOptionalReviewByKey(key: string): Promise<StoredReview | undefined> {
    return this.#run((pool) => findOptionalReviewByKey(pool, key))
  }

  /** Newest first, in pages. Throws `CursorInvalidError`. */
  listReviews(filter: ReviewFilter = {}): Promise<ReviewPage> {
    return this.#run((pool) => listReviews(pool, filter))
  }

  /** Stores what decisions earned; tells per result what was new, known or refused. */
  saveOutcomes(results: readonly TradeResult[]): Promise<BatchAnswer> {
    return this.#run((pool) => saveOutcomes(pool, results))
  }

  /** Reads a whole chain and recomputes every hash. Throws `WriterNotFoundError`. */
  verifyChain(writerId: string): Promise<ChainReport> {
    return this.#run((pool) => verifyChain(pool, writerId))
  }

  /** Makes the partitions of this month and the next ones; returns the names of the new ones. */
  ensureReviewPartitions(monthsAhead: number): Promise<string[]> {
    return this.#run(async (pool) => {
      const text = 'SELECT ensure_review_partitions($1) AS made'
      const { rows } = await pool.query<{ made: string[] }>(text, [monthsAhead])
      return rows[0]?.made ?? []
    })
  }

  /** Resolves when the database answers within the time; throws `StoreUnavailableError` otherwise. */
  async ping(timeoutMs: number): Promise<void> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      late.reject(new StoreUnavailableError(this.#target, `no answer within ${timeoutMs} ms`))
    }, timeoutMs)
    try {
      await Promise.race([this.#run((pool) => pool.query('SELECT 1')), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Waits for accepted reviews, then closes every connection. Repeatable. */
  async close(): Promise<void> {
    await Promise.all(this.#writers.map(({ writer }) => writer.close()))
    const pools = [this.#reading, this.#claiming, ...this.#writers.map(({ pool }) => pool)]
    await Promise.all(pools.filter((pool) => !pool.ended).map((pool) => pool.end()))
  }

  #run<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    return guarded(this.#target, () => work(this.#reading))
  }
}
