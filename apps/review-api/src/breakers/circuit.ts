import type { BreakerState } from '@torghut/contracts'
import { NO_CALLS, breakerPhase, closedBreaker, joinBatches, recordCalls, settleProbe } from '@torghut/programs'
import type { BreakerPhase, BreakerSettings, CallBatch, ProbeResult } from '@torghut/programs'

/** How a probe ended, and whose it was. */
export interface Settlement {
  owner: string
  result: ProbeResult
}

/** What this replica saw and the fleet has not been told yet. */
export interface Report {
  settlement: Settlement | null
  batch: CallBatch
  /** When the first of it was seen, on the shared clock. */
  sinceMs: number
}

/** What a report makes of a breaker; the same rule for the shared row and for this replica's view. */
export function applyReport(
  state: BreakerState,
  { settlement, batch }: Report,
  settings: BreakerSettings,
  nowMs: number,
): BreakerState {
  const settled = settlement === null ? state : settleProbe(state, settlement, settings, nowMs)
  return recordCalls(settled, batch, settings, nowMs)
}

/**
 * One breaker as this replica sees it: the newest shared state, and on top of it what the replica saw itself. While
 * reports cannot be delivered that view goes on alone, which makes it the replica's own breaker.
 */
export class Circuit {
  readonly key: string
  readonly #settings: BreakerSettings
  readonly #onPhase: (circuit: Circuit) => void
  #state = closedBreaker()
  #unsent: Report | null = null
  #sending: Report | null = null
  /** Whether this replica is asking for the probe. */
  isClaiming = false
  /** Whether a report could not be delivered, so that what others store tells only half of what we know. */
  isAlone = false
  /** When the shared row last answered us, on the monotonic clock: a read that began earlier is old news. */
  answeredAtMs = Number.NEGATIVE_INFINITY

  constructor(key: string, settings: BreakerSettings, onPhase: (circuit: Circuit) => void) {
    this.key = key
    this.#settings = settings
    this.#onPhase = onPhase
  }

  get state(): BreakerState {
    return this.#state
  }

  get isSending(): boolean {
    return this.#sending !== null
  }

  phase(nowMs: number): BreakerPhase {
    return breakerPhase(this.#state, nowMs)
  }

  /** Counts calls that just ended. */
  record(batch: CallBatch, nowMs: number): void {
    this.#note({ settlement: null, batch, sinceMs: nowMs }, nowMs)
  }

  /** Ends this replica's probe. */
  settle(settlement: Settlement, nowMs: number): void {
    this.#note({ settlement, batch: NO_CALLS, sinceMs: nowMs }, nowMs)
  }

  /** Acts on a probe that was taken without the fleet. */
  probeAlone(state: BreakerState): void {
    this.#become(state)
  }

  /** Takes what is to be sent; `null` when there is nothing or something is on its way. */
  startReport(): Report | null {
    if (this.#sending !== null || this.#unsent === null) return null
    this.#sending = this.#unsent
    this.#unsent = null
    return this.#sending
  }

  /** The report arrived, and this is what the fleet's breaker became. */
  delivered(state: BreakerState, nowMs: number): void {
    this.#sending = null
    this.isAlone = false
    this.adopt(state, nowMs)
  }

  /** The report did not arrive; it waits for another try until its calls are a window old. */
  undelivered(nowMs: number): void {
    const report = this.#sending
    this.#sending = null
    if (report !== null && nowMs - report.sinceMs <= this.#settings.windowMs) {
      this.#unsent = this.#unsent === null ? report : joinReports(report, this.#unsent)
    }
    this.isAlone = this.#unsent !== null
  }

  /** Takes over the shared state, and adds what it cannot know yet. */
  adopt(state: BreakerState, nowMs: number): void {
    const reports = [this.#sending, this.#unsent].filter((report) => report !== null)
    this.#become(reports.reduce((known, report) => applyReport(known, report, this.#settings, nowMs), state))
  }

  #note(report: Report, nowMs: number): void {
    this.#unsent = this.#unsent === null ? report : joinReports(this.#unsent, report)
    this.#become(applyReport(this.#state, report, this.#settings, nowMs))
  }

  #become(state: BreakerState): void {
    const wasClosed = this.#state.openUntilMs === null
    this.#state = state
    if (wasClosed !== (state.openUntilMs === null)) this.#onPhase(this)
  }
}

function joinReports(first: Report, second: Report): Report {
  return {
    settlement: joinSettlements(first.settlement, second.settlement),
    batch: joinBatches(first.batch, second.batch),
    sinceMs: first.sinceMs,
  }
}

/** The fleet can only know the first of two probes: the second was taken alone. How things stand is what that one found. */
function joinSettlements(first: Settlement | null, second: Settlement | null): Settlement | null {
  if (first === null || second === null) return first ?? second
  return { owner: first.owner, result: second.result }
}
