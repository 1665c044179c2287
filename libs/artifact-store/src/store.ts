import type { BatchAnswer, Feedback, RuntimeControl, TradeResult } from '@torghut/contracts'
import type { Pool } from 'pg'

import { AuditWriter } from './audit/audit-writer.ts'
import type { ChainOptions } from './audit/chain-writer.ts'
import { DrainWriter } from './audit/drain-writer.ts'
import { BreakerTable } from './breaker-table.ts'
import { NodeCacheTable, ValidationCacheTable } from './cache-table.ts'
import { CheckpointTable } from './checkpoint-table.ts'
import { describeTarget, guarded, openPool } from './connection.ts'
import { ReviewNotFoundError, SchemaMismatchError, StoreUnavailableError } from './errors.ts'
import { MIGRATIONS_FOLDER, appliedMigrations, committedMigrations, pendingMigrations } from './migrations/history.ts'
import { insertWriter, listWriters } from './queries/audit-writers.ts'
import type { RegisteredWriter, WriterFacts } from './queries/audit-writers.ts'
import { BREAKERS_CHANNEL, listBreakers } from './queries/breaker-states.ts'
import type { StoredBreaker } from './queries/breaker-states.ts'
import { saveFeedback } from './queries/feedback.ts'
import { findOptionalGatePolicy, saveGatePolicy } from './queries/gate-policies.ts'
import { findOptionalArtifact, findOptionalArtifactByHash, listArtifacts, saveArtifact } from './queries/program-artifacts.ts'
import type { ArtifactListItem, ArtifactName, ArtifactPage, NewArtifact } from './queries/program-artifacts.ts'
import { KeyClaims } from './queries/key-claims.ts'
import { releaseReviewKey, renewReviewKeys } from './queries/review-keys.ts'
import type { ClaimResult, KeyClaim } from './queries/review-keys.ts'
import { evaluateReviews } from './queries/review-evaluation.ts'
import type { ReviewEvaluation } from './queries/review-evaluation.ts'
import { findOptionalReview, findOptionalReviewByKey, listReviews } from './queries/reviews.ts'
import type { ReviewFilter, ReviewPage } from './queries/reviews.ts'
import { readRole } from './queries/role.ts'
import type { RoleFacts } from './queries/role.ts'
import { ROLLOUTS_CHANNEL, readRouting } from './queries/rollouts.ts'
import type { RolloutScope, Routing } from './queries/rollouts.ts'
import { CONTROLS_CHANNEL, listControls, listControlsOn, putControl } from './queries/runtime-controls.ts'
import type { ControlPage, ControlSetting } from './queries/runtime-controls.ts'
import type { StoredReview } from './queries/stored-review.ts'
import { saveOutcomes } from './queries/trade-outcomes.ts'
import { verifyChain } from './queries/verify-chain.ts'
import type { ChainReport } from './queries/verify-chain.ts'
import { RunCheckpointTable } from './run-checkpoint-table.ts'
import { RolloutTable } from './rollout-table.ts'
import { ChannelWatch } from './watch/channel-watch.ts'

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

export interface ControlsWatchOptions {
  /**
   * Told after every read, also when nothing changed: the controls that are on, and when the read began
   * (`performance.now()`), since that is the moment the answer is known to hold for.
   */
  onRead(controls: RuntimeControl[], readAtMs: number): void
  /** Told once when reading stops working. The watch goes on trying. */
  onLost(error: unknown): void
  /** Longest wait between two reads, in milliseconds. */
  pollMs?: number
}

export interface BreakersWatchOptions {
  /** The breakers to follow, asked before every read. */
  keys(): readonly string[]
  /** Told after every read: the followed breakers that exist, and when the read began (`performance.now()`). */
  onRead(breakers: StoredBreaker[], readAtMs: number): void
  /** Told once when reading stops working. The watch goes on trying. */
  onLost(error: unknown): void
  /** Longest wait between two reads, in milliseconds. */
  pollMs?: number
}

export interface RolloutsWatchOptions extends RolloutScope {
  /** Told after every read: the rollout in force, what is denied, and when the read began (`performance.now()`). */
  onRead(routing: Routing, readAtMs: number): void
  /** Told once when reading stops working. The watch goes on trying. */
  onLost(error: unknown): void
  /** Longest wait between two reads, in milliseconds. */
  pollMs?: number
}

/** A change is announced; this is for announcements that get lost. Half of the two seconds a change may take. */
const WATCH_POLL_MS = 1_000

/** Reports of breakers wait for nobody, and the taking of a probe may hold up its review by this much at most. */
const BREAKER_POOL = { poolSize: 2, connectTimeoutMs: 1_000, statementTimeoutMs: 1_000 }

/** A cache that answers later than this is slower than nothing: whoever waits could have asked the model. */
const CACHE_POOL = { poolSize: 2, connectTimeoutMs: 500, statementTimeoutMs: 500 }

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
  /** The circuit breakers all replicas share. */
  readonly breakers: BreakerTable
  /** Signed statements of where every chain ended, taken by one replica at a time. */
  readonly checkpoints: CheckpointTable
  /** Rollouts, and what may never be served. */
  readonly rollouts: RolloutTable
  /** Outputs of program nodes, cached for all processes. */
  readonly nodeResults: NodeCacheTable
  /** Answers of validators, cached for all processes. */
  readonly validationResults: ValidationCacheTable
  /** The finished nodes of runs that may be resumed. */
  readonly runCheckpoints: RunCheckpointTable
  readonly #settings: Settings
  readonly #target: string
  readonly #reading: Pool
  readonly #claiming: Pool
  readonly #claims: KeyClaims
  readonly #breaking: Pool
  readonly #caching: Pool
  readonly #writers: { close(): Promise<void>; pool: Pool }[] = []
  readonly #watches: ChannelWatch[] = []

  constructor(settings: Settings, reading: Pool, role: RoleFacts) {
    this.role = role
    this.#settings = settings
    this.#target = describeTarget(settings.applicationUrl)
    this.#reading = reading
    this.checkpoints = new CheckpointTable(reading, this.#target)
    this.#claiming = openPool({ ...poolSettings(settings), synchronousCommit: 'off' })
    this.#claims = new KeyClaims(this.#claiming)
    this.#breaking = openPool({ ...poolSettings(settings), ...BREAKER_POOL, synchronousCommit: 'off' })
    this.breakers = new BreakerTable(this.#breaking, this.#target)
    this.rollouts = new RolloutTable(this.#reading, this.#target)
    this.#caching = openPool({ ...poolSettings(settings), ...CACHE_POOL, synchronousCommit: 'off' })
    this.nodeResults = new NodeCacheTable(this.#caching, this.#target)
    this.validationResults = new ValidationCacheTable(this.#caching, this.#target)
    this.runCheckpoints = new RunCheckpointTable(reading, this.#target)
  }

  /** Starts a new chain. One writer a process is enough; each has a connection of its own. */
  async registerWriter(facts: WriterFacts): Promise<AuditWriter> {
    const { batchTimeoutMs, queuedMax } = this.#settings
    const chain = await this.#startChain(facts)
    const writer = new AuditWriter({ ...chain, batchTimeoutMs, queuedMax })
    this.#writers.push({ close: () => writer.close(), pool: chain.pool })
    return writer
  }

  /** Starts a chain for what comes out of a journal, so that it keeps its order and holds up no review. */
  async registerDrain(facts: WriterFacts): Promise<DrainWriter> {
    const chain = await this.#startChain(facts)
    this.#writers.push({ close: async () => undefined, pool: chain.pool })
    return new DrainWriter({ ...chain, batchTimeoutMs: this.#settings.batchTimeoutMs })
  }

  async #startChain(facts: WriterFacts): Promise<ChainOptions> {
    const { connectTimeoutMs, batchTimeoutMs, now } = this.#settings
    const genesisHash = await this.#run((pool) => insertWriter(pool, facts))
    const pool = openPool({
      ...poolSettings(this.#settings),
      poolSize: 1,
      // A second try has to fit into the batch's time, so connecting may take half of it.
      connectTimeoutMs: Math.min(connectTimeoutMs, Math.ceil(batchTimeoutMs / 2)),
      synchronousCommit: 'on',
    })
    return { pool, target: this.#target, writerId: facts.writerId, genesisHash, now }
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

  /** The same for whoever knows the hash alone. */
  findOptionalArtifactByHash(artifactHash: string): Promise<ArtifactListItem & { bytes: Buffer } | undefined> {
    return this.#run((pool) => findOptionalArtifactByHash(pool, artifactHash))
  }

  /** Newest first, in pages, without the bytes. Throws `CursorInvalidError`. */
  listArtifacts(page: { limit?: number; cursor?: string | undefined } = {}): Promise<ArtifactPage> {
    return this.#run((pool) => listArtifacts(pool, page))
  }

  /** Takes an idempotency key for one attempt, or tells who has it. */
  claimReviewKey(claim: KeyClaim): Promise<ClaimResult> {
    return guarded(this.#target, () => this.#claims.claim(claim))
  }

  /** Keeps keys whose reviews are still under way from being taken over. */
  renewReviewKeys(renewal: { held: readonly { key: string; owner: string }[]; leaseMs: number }): Promise<void> {
    return guarded(this.#target, () => renewReviewKeys(this.#claiming, renewal))
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

  /** Stores what people and desk rules said about decisions; tells per item what was new, known or refused. */
  saveFeedback(items: readonly Feedback[]): Promise<BatchAnswer> {
    return this.#run((pool) => saveFeedback(pool, items))
  }

  /** Records a setting with its audit row and returns what the control stands at. Throws `TooManyControlsError`. */
  putControl(setting: ControlSetting): Promise<RuntimeControl> {
    return this.#run((pool) => putControl(pool, setting))
  }

  /** Every control ever set, newest setting first, in pages. Throws `CursorInvalidError`. */
  listControls(page: { limit?: number; cursor?: string | undefined } = {}): Promise<ControlPage> {
    return this.#run((pool) => listControls(pool, page))
  }

  /** Follows the controls that are on, until the store is closed. Resolves once they were read. */
  async watchControls({ onRead, onLost, pollMs = WATCH_POLL_MS }: ControlsWatchOptions): Promise<void> {
    const watch = new ChannelWatch({
      url: this.#settings.applicationUrl,
      applicationName: `${this.#settings.applicationName}-controls`,
      channel: CONTROLS_CHANNEL,
      connectTimeoutMs: this.#settings.connectTimeoutMs,
      pollMs,
      onLost,
      read: async (client) => {
        const readAtMs = performance.now()
        onRead(await listControlsOn(client), readAtMs)
      },
    })
    await watch.start()
    this.#watches.push(watch)
  }

  /** Follows the breakers of some keys, until the store is closed. Resolves once they were read. */
  async watchBreakers({ keys, onRead, onLost, pollMs = WATCH_POLL_MS }: BreakersWatchOptions): Promise<void> {
    const watch = new ChannelWatch({
      url: this.#settings.applicationUrl,
      applicationName: `${this.#settings.applicationName}-breakers`,
      channel: BREAKERS_CHANNEL,
      connectTimeoutMs: this.#settings.connectTimeoutMs,
      pollMs,
      onLost,
      read: async (client) => {
        const readAtMs = performance.now()
        onRead(await listBreakers(client, keys()), readAtMs)
      },
    })
    await watch.start()
    this.#watches.push(watch)
  }

  /** Follows a program's rollout and denials, until the store is closed. Resolves once they were read. */
  async watchRollouts({ onRead, onLost, pollMs = WATCH_POLL_MS, ...scope }: RolloutsWatchOptions): Promise<void> {
    const watch = new ChannelWatch({
      url: this.#settings.applicationUrl,
      applicationName: `${this.#settings.applicationName}-rollouts`,
      channel: ROLLOUTS_CHANNEL,
      connectTimeoutMs: this.#settings.connectTimeoutMs,
      pollMs,
      onLost,
      read: async (client) => {
        const readAtMs = performance.now()
        onRead(await readRouting(client, scope), readAtMs)
      },
    })
    await watch.start()
    this.#watches.push(watch)
  }

  /** Figures over the reviews of the day that `now` falls on in `timeZone`. */
  evaluateReviews(day: { now: Date; timeZone: string }): Promise<ReviewEvaluation> {
    return this.#run((pool) => evaluateReviews(pool, day))
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
    await Promise.all(this.#watches.map((watch) => watch.close()))
    await Promise.all(this.#writers.map((writer) => writer.close()))
    const pools = [this.#reading, this.#claiming, this.#breaking, this.#caching, ...this.#writers.map(({ pool }) => pool)]
    await Promise.all(pools.filter((pool) => !pool.ended).map((pool) => pool.end()))
  }

  #run<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    return guarded(this.#target, () => work(this.#reading))
  }
}
