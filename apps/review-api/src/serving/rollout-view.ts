import type { Routing, Store, StoredRollout } from '@torghut/artifact-store'
import type { Stage, TradingMode } from '@torghut/contracts'
import type { Logger } from '@torghut/telemetry'

import type { Clock } from '../clock.ts'

/** A reading older than this is not acted on: a rollback may have been missed, so only the base is served. */
const ROUTING_AGE_MAX_MS = 10_000

/** Targets whose rollouts route decisions in a mode; what runs in shadow never decides. */
const TARGETS = {
  paper: ['paper'],
  live: ['constrained_live', 'scaled_live'],
} as const satisfies Record<TradingMode, readonly Stage[]>

/** The targets a process of this mode may roll out for, the narrowest first. */
export function targetsOf(mode: TradingMode): readonly Stage[] {
  return TARGETS[mode]
}

/**
 * The rollout and the denylist as this replica last read them. Reviews look here, never into the database; the store
 * reads again on every change and at least once a second.
 */
export class RolloutView {
  readonly #clock: Clock
  #reading: { routing: Routing; atMs: number } | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves after the first reading; `onRead` follows each one, before any review can see it. */
  async follow(
    store: Pick<Store, 'watchRollouts'>,
    options: { programName: string; mode: TradingMode; logger: Logger; onRead(routing: Routing): void },
  ): Promise<void> {
    const { programName, mode, logger, onRead } = options
    await store.watchRollouts({
      programName,
      targets: targetsOf(mode),
      onRead: (routing, atMs) => {
        onRead(routing)
        this.#reading = { routing, atMs }
      },
      onLost: (error) => logger.warn({ err: error }, 'Rollouts cannot be read; trying again'),
    })
  }

  /** The rollout in force as far as is known; null when there is none or the reading is too old to be acted on. */
  rollout(): StoredRollout | null {
    return this.#isFresh() ? (this.#reading?.routing.rollout ?? null) : null
  }

  /** Whether an artifact was denied when last read: a denial stays in force however old the reading is. */
  isDenied(hash: string): boolean {
    return this.#reading?.routing.deniedHashes.includes(hash) ?? false
  }

  /** Null when all is well or nothing was read yet, else what to tell a person. */
  complaint(): string | null {
    if (this.#reading === null || this.#isFresh()) return null
    const ageS = Math.round((this.#clock.monotonicMs() - this.#reading.atMs) / 1000)
    return `rollouts were last read ${ageS} s ago; the base serves alone until they are read again`
  }

  #isFresh(): boolean {
    return this.#reading !== null && this.#clock.monotonicMs() - this.#reading.atMs <= ROUTING_AGE_MAX_MS
  }
}
