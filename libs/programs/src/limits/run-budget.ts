import { RESOURCE_KINDS, limitOf, resourceStatus } from './resource-status.ts'
import type { ResourceKind, ResourceLimits, ResourceStatus } from './resource-status.ts'

/** What a call is expected to use. */
export interface ProjectedUse {
  /** Prompt and answer together. */
  tokens: number
  /** Model calls the step makes at most; 1 when absent. */
  calls?: number
  /** Bytes held while the call runs, such as prompt and answer; 0 when absent. */
  memoryBytes?: number
  /** Shortest time worth starting with, in milliseconds; 0 when absent. */
  timeMs?: number
}

/** What a call did use. */
export interface ActualUse {
  /** Null when the gateway told none: the projection then stands, and the total is marked as estimated. */
  tokens: number | null
  /** Calls that went out, the transport's own attempts included; as projected when absent. */
  calls?: number
  /** Bytes of the output the run keeps until its end; 0 when absent. */
  memoryBytes?: number
}

/** Room set aside for one call, until it is settled or released. */
export interface Reservation {
  readonly ok: true
  readonly calls: number
  readonly tokens: number
  readonly memoryBytes: number
}

/** Which limit stands in the way. A value and no exception: the run ends in its fallback. */
export interface Exceeded {
  readonly ok: false
  readonly kind: ResourceKind
  /** What would be used, or was, in the unit of the kind. */
  readonly used: number
  readonly limit: number
}

/** What a run used so far. */
export interface RunUsage {
  calls: number
  tokens: number
  /** Whether part of `tokens` is a projection. */
  tokensEstimated: boolean
  timeMs: number
  memoryPeakBytes: number
  concurrencyPeak: number
}

/**
 * The accountant of one run: refuses a call that would pass a limit before it is sent, and says after it whether one
 * was passed. Memory is what the run says it holds: the heap of a process that serves many runs belongs to none of
 * them.
 */
export class RunBudget {
  readonly limits: ResourceLimits
  readonly #now: () => number
  readonly #startedAtMs: number
  readonly #open = new Set<Reservation>()
  readonly #spent = { calls: 0, tokens: 0, memoryBytes: 0 }
  #tokensEstimated = false
  #memoryPeakBytes = 0
  #concurrencyPeak = 0

  /** `now` is a monotonic clock in milliseconds; the run's time begins here. */
  constructor(limits: ResourceLimits, now: () => number) {
    this.limits = limits
    this.#now = now
    this.#startedAtMs = now()
  }

  /** Sets room aside for a call, or names the first limit it would pass; then nothing is set aside. */
  reserveCall({ tokens, calls = 1, memoryBytes = 0, timeMs = 0 }: ProjectedUse): Reservation | Exceeded {
    const more = { calls, tokens, time: timeMs, memory: memoryBytes, concurrency: 1 }
    const exceeded = this.#findExceeded(more)
    if (exceeded !== null) return exceeded
    const reservation: Reservation = { ok: true, calls, tokens, memoryBytes }
    this.#open.add(reservation)
    this.#concurrencyPeak = Math.max(this.#concurrencyPeak, this.#open.size)
    this.#memoryPeakBytes = Math.max(this.#memoryPeakBytes, this.used('memory'))
    return reservation
  }

  /**
   * Puts what was used in the place of what was set aside; names a limit that is passed now. Only the first end
   * counts.
   */
  settle(reservation: Reservation, actual: ActualUse): Exceeded | null {
    if (this.#open.delete(reservation)) {
      this.#spent.calls += actual.calls ?? reservation.calls
      this.#spent.tokens += actual.tokens ?? reservation.tokens
      this.#spent.memoryBytes += actual.memoryBytes ?? 0
      this.#tokensEstimated ||= actual.tokens === null
      this.#memoryPeakBytes = Math.max(this.#memoryPeakBytes, this.used('memory'))
    }
    return this.#findExceeded(NOTHING_MORE)
  }

  /**
   * Takes a reservation back whose call never went out. After `settle` it does nothing, so it may stand in a
   * `finally`.
   */
  release(reservation: Reservation): void {
    this.#open.delete(reservation)
  }

  /** What is spent and set aside of one kind, in its own unit. */
  used(kind: ResourceKind): number {
    if (kind === 'time') return this.#now() - this.#startedAtMs
    if (kind === 'concurrency') return this.#open.size
    const part = kind === 'memory' ? 'memoryBytes' : kind
    let used = this.#spent[part]
    for (const reservation of this.#open) used += reservation[part]
    return used
  }

  status(kind: ResourceKind): ResourceStatus {
    return resourceStatus(this.used(kind), limitOf(this.limits, kind), this.limits.warnAt)
  }

  /** Milliseconds until the time limit; infinite without one, never below zero. */
  remainingMs(): number {
    return this.limits.timeMs === null ? Infinity : Math.max(0, this.limits.timeMs - this.used('time'))
  }

  usage(): RunUsage {
    return {
      calls: this.#spent.calls,
      tokens: this.#spent.tokens,
      tokensEstimated: this.#tokensEstimated,
      timeMs: this.used('time'),
      memoryPeakBytes: this.#memoryPeakBytes,
      concurrencyPeak: this.#concurrencyPeak,
    }
  }

  #findExceeded(more: Readonly<Record<ResourceKind, number>>): Exceeded | null {
    for (const kind of RESOURCE_KINDS) {
      const limit = limitOf(this.limits, kind)
      const used = this.used(kind) + more[kind]
      if (limit !== null && used > limit) return { ok: false, kind, used, limit }
    }
    return null
  }
}

const NOTHING_MORE = { calls: 0, tokens: 0, time: 0, memory: 0, concurrency: 0 }
