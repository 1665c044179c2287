import { setTimeout as sleep } from 'node:timers/promises'

import type { CheckpointTurn, Store } from '@torghut/artifact-store'
import { COMPLETE_EVERY, CheckpointChain, CheckpointRefusedError, LogHash, isSignedBy, signBytes } from '@torghut/audit'
import type { Checkpoint, LogHead, SigningKey, TrustedKey } from '@torghut/audit'
import { canonicalJson, sha256Hex } from '@torghut/contracts'
import type { Logger } from '@torghut/telemetry'

export interface CheckpointJobOptions {
  /** Null when none is configured: then nothing is signed, and readiness says so. */
  key: (SigningKey & TrustedKey) | null
  /** The store, or an error while there is none. */
  store(): { checkpoints: Pick<Store['checkpoints'], 'take'> }
  logger: Logger
  monotonicMs(): number
  intervalMs?: number
}

/** How long a row may stay unattested while all is well. */
const INTERVAL_MS = 60_000

/** Shortest pause between two looks, and how long to wait after a failure. */
const PAUSE_MIN_MS = 1_000
const RETRY_MS = 5_000

/** How long the checkpoint at the end may hold up a process that was told to stop. */
const LAST_MS = 2_000

/** No statement of ours takes longer, so a row of a log that is older than this is committed or never will be. */
const LOG_SETTLE_MS = 10_000

/** After this many intervals without a checkpoint somebody should look. */
const LATE_INTERVALS = 3

/** What the checkpoints read so far lead to; thrown away whenever an attempt fails. */
interface Progress {
  chain: CheckpointChain
  logs: Map<string, { hash: LogHash; until: string | null }>
}

/**
 * Signs every minute where all chains end, in whichever replica has the turn. A replica that finds a young checkpoint
 * waits for it to age. It refuses to sign what would cover up a shortened chain or a forged predecessor.
 */
export class CheckpointJob {
  readonly #options: CheckpointJobOptions
  readonly #intervalMs: number
  readonly #stop = new AbortController()
  #progress: Progress | null = null
  #failure: string | null = null
  #lastSeenMs: number
  #loop: Promise<void> = Promise.resolve()

  constructor(options: CheckpointJobOptions) {
    this.#options = options
    this.#intervalMs = options.intervalMs ?? INTERVAL_MS
    this.#lastSeenMs = options.monotonicMs()
  }

  /** Begins to take checkpoints; without a key it does nothing. */
  start(): void {
    if (this.#options.key !== null) this.#loop = this.#run(this.#options.key)
  }

  /** Null while checkpoints are taken, else a sentence for the person who is paged. */
  complaint(): string | null {
    if (this.#options.key === null) return 'TORGHUT_CHECKPOINT_KEY_FILE is not set: no checkpoint attests the rows'
    if (this.#failure !== null) return this.#failure
    const ageMs = this.#options.monotonicMs() - this.#lastSeenMs
    return ageMs > LATE_INTERVALS * this.#intervalMs ? `No checkpoint for ${Math.round(ageMs / 1000)} s` : null
  }

  /** Stops, after one last checkpoint over what was written since the one before. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    const { key } = this.#options
    if (key === null) return
    await Promise.race([this.#look(key, 0), sleep(LAST_MS, null, { ref: false })])
  }

  async #run(key: SigningKey & TrustedKey): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const pauseMs = await this.#look(key, this.#intervalMs)
      await sleep(pauseMs, null, { signal: this.#stop.signal, ref: false }).catch(() => null)
    }
  }

  /** Takes a checkpoint when the newest one is that old; tells how long to wait for the next look. Never throws. */
  async #look(key: SigningKey & TrustedKey, dueAfterMs: number): Promise<number> {
    try {
      const ageMs = await this.#options.store().checkpoints.take((turn) => this.#takeWhenDue(turn, key, dueAfterMs))
      this.#failure = null
      if (ageMs === undefined) return PAUSE_MIN_MS
      this.#lastSeenMs = this.#options.monotonicMs() - ageMs
      return Math.max(PAUSE_MIN_MS, this.#intervalMs - ageMs)
    } catch (error) {
      this.#progress = null
      const reason = error instanceof Error ? error.message : String(error)
      if (this.#failure === null) this.#options.logger.error({ reason }, 'No checkpoint could be taken')
      this.#failure = reason
      return RETRY_MS
    }
  }

  /** How old the newest checkpoint is afterwards. */
  async #takeWhenDue(turn: CheckpointTurn, key: SigningKey & TrustedKey, dueAfterMs: number): Promise<number> {
    const ageMs = await turn.ageMs()
    // One out of the future was edited, or the clock was set back: waiting for it to age would end all signing.
    if (ageMs !== null && ageMs >= 0 && ageMs < dueAfterMs) return ageMs
    this.#progress ??= { chain: new CheckpointChain(), logs: new Map(turn.logs.map((table) => [table, newLog(table)])) }
    await catchUp(turn, this.#progress.chain, key)
    const checkpoint = await prepare(turn, this.#progress, key)
    const bytes = Buffer.from(canonicalJson(checkpoint))
    await turn.save({ ...columnsOf(checkpoint), hash: sha256Hex(bytes), bytes, signature: signBytes(key, bytes) })
    this.#progress.chain.accept(bytes)
    // In the log it stands outside the database too: whoever rewrites one has to rewrite the other.
    const { number, rows, writers } = checkpoint
    this.#options.logger.info({ number, hash: sha256Hex(bytes), rows, writers }, 'Checkpoint signed')
    return 0
  }
}

function newLog(table: string): { hash: LogHash; until: string | null } {
  return { hash: new LogHash(table), until: null }
}

/** Reads what other replicas, or this one before it was started anew, have signed. */
async function catchUp(turn: CheckpointTurn, chain: CheckpointChain, key: TrustedKey): Promise<void> {
  const behind = chain.number > 0 ? chain.number : (await turn.firstNumber(COMPLETE_EVERY)) - 1
  for (const { number, bytes, signature } of await turn.checkpointsAfter(behind)) {
    const { checkpoint, fault } = chain.accept(bytes)
    const forged = checkpoint?.key_id === key.keyId && !isSignedBy(key, bytes, signature)
    if (fault !== null || forged) {
      throw new CheckpointRefusedError(`checkpoint ${number} is not the one that was signed (${fault ?? 'signature'})`)
    }
  }
}

async function prepare(turn: CheckpointTurn, { chain, logs }: Progress, key: SigningKey): Promise<Checkpoint> {
  const { now, settled } = await turn.moments(LOG_SETTLE_MS)
  const heads = await turn.heads()
  const logHeads: LogHead[] = []
  for (const table of turn.logs) {
    const log = logs.get(table) ?? newLog(table)
    const range = log.until === null ? { until: settled } : { after: log.until, until: settled }
    for await (const row of turn.logRows(table, range)) log.hash.add(row)
    logs.set(table, { ...log, until: settled })
    logHeads.push({ table, ...log.hash.head, until: settled })
  }
  return chain.next({
    takenAt: now,
    heads: heads.map(({ writerId, seq, rowHash }) => ({ writer_id: writerId, seq, row_hash: rowHash })),
    logs: logHeads,
    keyId: key.keyId,
  })
}

function columnsOf({ number, taken_at: takenAt, previous_hash: previousHash, key_id: keyId }: Checkpoint) {
  return { number, takenAt, previousHash, keyId }
}
