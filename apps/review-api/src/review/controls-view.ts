import type { Store } from '@torghut/artifact-store'
import type { RuntimeControl } from '@torghut/contracts'
import { CONTROLS_AGE_MAX_MS } from '@torghut/gates'
import type { ControlsSnapshot } from '@torghut/gates'
import type { Logger } from '@torghut/telemetry'

import type { Clock } from '../clock.ts'

/**
 * The hard switches as this replica last read them. Reviews look here, never into the database; the store reads again
 * on every change and at least once a second, and gates judge by how old the reading is.
 */
export class ControlsView {
  readonly #clock: Clock
  #reading: { controls: RuntimeControl[]; atMs: number } | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves after the first reading, so that a halt set before this process began holds for its first review. */
  async follow(store: Pick<Store, 'watchControls'>, logger: Logger): Promise<void> {
    await store.watchControls({
      onRead: (controls, atMs) => (this.#reading = { controls, atMs }),
      onLost: (error) => logger.warn({ err: error }, 'Controls cannot be read; trying again'),
    })
  }

  /** Null when all is well or nothing was read yet (then the database is the trouble), else what to tell a person. */
  complaint(): string | null {
    const { ageMs } = this.snapshot()
    if (ageMs === null || ageMs <= CONTROLS_AGE_MAX_MS) return null
    return `controls were last read ${Math.round(ageMs / 1000)} s ago; live denies new risk until they are read again`
  }

  /** As of now, on the wall clock: people set controls for the time they live in, also while a replay runs. */
  snapshot(): ControlsSnapshot {
    return {
      asOf: this.#clock.now().toISOString(),
      ageMs: this.#reading === null ? null : Math.round(this.#clock.monotonicMs() - this.#reading.atMs),
      controls: this.#reading?.controls ?? [],
    }
  }
}
