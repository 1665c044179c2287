import { setTimeout as sleep } from 'node:timers/promises'

import type { Store } from '@torghut/artifact-store'
import { SYSTEM_ACTOR } from '@torghut/contracts'
import type { ReviewRecord, ReviewSubmission, RuntimeControl } from '@torghut/contracts'
import type { ControlsSnapshot } from '@torghut/gates'
import type { Logger } from '@torghut/telemetry'

import type { Clock } from '../clock.ts'

/** How long to wait before a throttle that could not be stored is tried again, in milliseconds. */
const RETRY_MS = 1_000

/** Most throttles that wait to be stored at once; more would mean that everything repeats itself. */
const WAITING_MAX = 1_000

export interface ThrottleDeps {
  store(): Pick<Store, 'putControl'>
  clock: Pick<Clock, 'now'>
  logger: Logger
}

/**
 * Closes the throttle of a strategy on a symbol when a review found that it repeats itself (RTS 6, Article 15(3)). It is
 * a control like those people set, so it holds in every replica and across restarts until a person clears it; until it
 * is stored it holds in this process.
 */
export class ThrottleKeeper {
  readonly #deps: ThrottleDeps
  readonly #waiting = new Map<string, RuntimeControl>()
  #closed = false

  constructor(deps: ThrottleDeps) {
    this.#deps = deps
  }

  /** Looks at a decided review; returns at once. */
  note(record: Pick<ReviewRecord, 'outcomes'>, { request: { decision } }: ReviewSubmission): void {
    const outcome = record.outcomes.find(({ gate }) => gate === 'repeated-execution')
    if (outcome === undefined || outcome.passed || outcome.code !== 'repeated_execution') return
    // A throttle that is closed already denies with the same code.
    if (outcome.evidence['throttled_at'] !== null) return
    const { symbol, strategy_id: strategyId } = decision
    const key = JSON.stringify([symbol, strategyId])
    if (this.#waiting.has(key) || this.#waiting.size >= WAITING_MAX) return
    const { repeats, max } = outcome.evidence
    const reason = `${String(repeats)} repeated executions today, of fewer than ${String(max)} allowed`
    const set_at = this.#deps.clock.now().toISOString()
    const scope = { symbol, strategy_id: strategyId }
    this.#waiting.set(key, { name: 'throttle', scope, value: true, actor: SYSTEM_ACTOR, reason, set_at, expires_at: null })
    void this.#store(key)
  }

  /** The controls with those that wait to be stored. */
  onto(snapshot: ControlsSnapshot): ControlsSnapshot {
    if (this.#waiting.size === 0) return snapshot
    return { ...snapshot, controls: [...snapshot.controls, ...this.#waiting.values()] }
  }

  close(): void {
    this.#closed = true
  }

  async #store(key: string): Promise<void> {
    const control = this.#waiting.get(key)
    while (control !== undefined && !this.#closed) {
      const { name, scope, reason } = control
      try {
        const change = { value: true, scope, reason, expires_at: null }
        await this.#deps.store().putControl({ name, change, actor: SYSTEM_ACTOR })
        this.#deps.logger.warn({ scope, reason }, 'Throttle closed; a person has to open it')
        // The watch sees the stored one within a moment; until then this one still counts.
        await sleep(RETRY_MS, null, { ref: false })
        this.#waiting.delete(key)
        return
      } catch (error) {
        this.#deps.logger.warn({ err: error, scope }, 'Throttle could not be stored; trying again')
        await sleep(RETRY_MS, null, { ref: false })
      }
    }
  }
}
