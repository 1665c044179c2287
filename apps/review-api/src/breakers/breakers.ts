import type { BreakerState, CircuitSnapshot, FallbackCause } from '@torghut/contracts'
import {
  ONE_FAILURE,
  ONE_SUCCESS,
  callEvidence,
  circuitSnapshot,
  closedBreaker,
  isLongEnough,
  mayProbe,
  takeProbe,
} from '@torghut/programs'
import type { BreakerSettings } from '@torghut/programs'

import type { Clock } from '../clock.ts'
import { Circuit, applyReport } from './circuit.ts'
import type { Settlement } from './circuit.ts'

/** How often successes are reported, in milliseconds; failures and probes are reported at once. */
const REPORT_EVERY_MS = 1_000

/** How long a review waits for the word whether it is the probe, in milliseconds. */
const CLAIM_WAIT_MS = 1_000

/** Time on top of a program's budget after which a prober must be gone, in milliseconds. */
const PROBE_MARGIN_MS = 2_000

interface SharedBreaker {
  state: BreakerState
  nowMs: number
}

/** The breakers of the fleet; the artifact store fits. */
export interface SharedBreakers {
  change(key: string, change: (state: BreakerState, nowMs: number) => BreakerState): Promise<SharedBreaker>
  takeProbe(probe: { key: string; owner: string; leaseMs: number }): Promise<(SharedBreaker & { taken: boolean }) | undefined>
}

export interface BreakerDeps {
  settings: BreakerSettings
  /** What a program is given when its caller is in no hurry, in milliseconds. */
  budgetMs: number
  clock: Clock
  newOwner(): string
  /** Throws while no database is connected. */
  shared(): SharedBreakers
  /** The breakers to follow from the start; others join when they are first asked. */
  keys: readonly string[]
  /** Told when a breaker opens or closes, as this replica sees it. */
  onPhase(key: string, circuit: CircuitSnapshot): void
  /** Told once when reports stop arriving, and `null` when they arrive again. */
  onAlone(error: unknown): void
}

export interface BreakerKeys {
  gateway: string
  artifact: string
}

/** Leave to make one call, to be ended with what came of it; or why there is none. */
export type Admission =
  | {
      ok: true
      /** Whether the call is the probe of a half-open breaker: then one has to be enough. */
      probing: boolean
      finish(run: { ok: true; attempts?: number } | { ok: false; cause: FallbackCause }): void
    }
  | { ok: false; detail: string }

/**
 * The circuit breakers of this replica. A call through closed breakers asks nobody; results are reported to the fleet
 * after the fact, and the fleet's counts are the sum of all reports. Only the probe of a half-open breaker is asked for.
 */
export class Breakers {
  readonly #deps: BreakerDeps
  readonly #circuits = new Map<string, Circuit>()
  readonly #timer: NodeJS.Timeout
  /** The shared clock is this far ahead of the monotonic one; the database's, once it has answered. */
  #clockAheadMs: number
  #isAlone = false

  constructor(deps: BreakerDeps) {
    this.#deps = deps
    this.#clockAheadMs = deps.clock.now().getTime() - deps.clock.monotonicMs()
    for (const key of deps.keys) this.#circuit(key)
    this.#timer = setInterval(() => void this.#reportAll(), REPORT_EVERY_MS).unref()
  }

  /** The keys whose shared state this replica has to follow. */
  keys = (): readonly string[] => [...this.#circuits.keys()]

  /** Asks for one call within `timeoutMs`. Asks the database only when it is a half-open breaker's probe. */
  async admit(keys: BreakerKeys, timeoutMs: number): Promise<Admission> {
    const circuits = { gateway: this.#circuit(keys.gateway), artifact: this.#circuit(keys.artifact) }
    const timing = { timeoutMs, budgetMs: this.#deps.budgetMs }
    const refusing = [circuits.gateway, circuits.artifact].find((circuit) => !this.#mayEnter(circuit, timing))
    if (refusing !== undefined) return this.#refusal(refusing)
    const probes = new Map<Circuit, string>()
    for (const circuit of [circuits.gateway, circuits.artifact]) {
      if (circuit.phase(this.#nowMs()) === 'closed') continue
      const owner = await this.#claim(circuit, timeoutMs)
      if (owner !== null) probes.set(circuit, owner)
      else if (circuit.phase(this.#nowMs()) !== 'closed') {
        for (const [taken, back] of probes) this.#settle(taken, { owner: back, result: 'unused' })
        return this.#refusal(circuit)
      }
    }
    return {
      ok: true,
      probing: probes.size > 0,
      finish: (run) => {
        const evidence = callEvidence(run, timing)
        for (const part of ['gateway', 'artifact'] as const) this.#note(circuits[part], evidence[part], probes)
      },
    }
  }

  /** Takes over what was read of the fleet's breakers; `readAtMs` is when the read began, on the monotonic clock. */
  adopt(breakers: readonly (SharedBreaker & { key: string })[], readAtMs: number): void {
    for (const circuit of this.#circuits.values()) {
      const { isSending, isClaiming, isAlone, answeredAtMs } = circuit
      if (isSending || isClaiming || isAlone || readAtMs < answeredAtMs) continue
      const found = breakers.find(({ key }) => key === circuit.key)
      if (found !== undefined) this.#setClock(found.nowMs)
      // A row that somebody removed is a breaker that somebody reset.
      circuit.adopt(found?.state ?? closedBreaker(), this.#nowMs())
    }
  }

  /** What `/trading/status` and the metrics show of one breaker. */
  snapshot(key: string): CircuitSnapshot {
    return circuitSnapshot(this.#circuit(key).state, this.#deps.settings, this.#nowMs())
  }

  /** Sends what is left, once. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#reportAll()
  }

  #mayEnter(circuit: Circuit, timing: { timeoutMs: number; budgetMs: number }): boolean {
    if (circuit.phase(this.#nowMs()) === 'closed') return true
    // A probe that has no time to succeed would only prolong the outage.
    return !circuit.isClaiming && mayProbe(circuit.state, this.#nowMs()) && isLongEnough(timing)
  }

  #refusal(circuit: Circuit): Admission {
    const until = new Date(circuit.state.openUntilMs ?? this.#nowMs()).toISOString()
    const phase = circuit.phase(this.#nowMs())
    const when = phase === 'half_open' ? `was open until ${until}; its one probe is not back yet` : `is open until ${until}`
    return { ok: false, detail: `The breaker of "${circuit.key}" ${when}` }
  }

  /** Asks for the probe; its owner, or null when somebody else has it or the breaker is not half-open any more. */
  async #claim(circuit: Circuit, timeoutMs: number): Promise<string | null> {
    const owner = this.#deps.newOwner()
    const leaseMs = Math.max(this.#deps.settings.cooldownMs, this.#deps.budgetMs + PROBE_MARGIN_MS)
    circuit.isClaiming = true
    try {
      const waitMs = Math.min(CLAIM_WAIT_MS, timeoutMs / 2)
      const answer = await within(waitMs, async () => this.#deps.shared().takeProbe({ key: circuit.key, owner, leaseMs }))
      if (answer === undefined) return this.#claimAlone(circuit, owner, leaseMs)
      this.#answered(circuit, answer.nowMs)
      circuit.adopt(answer.state, this.#nowMs())
      return answer.taken ? owner : null
    } catch (error) {
      this.#noteAlone(error)
      return this.#claimAlone(circuit, owner, leaseMs)
    } finally {
      circuit.isClaiming = false
    }
  }

  #claimAlone(circuit: Circuit, owner: string, leaseMs: number): string | null {
    const probing = takeProbe(circuit.state, { owner, untilMs: this.#nowMs() + leaseMs }, this.#nowMs())
    if (probing === null) return null
    circuit.probeAlone(probing)
    return owner
  }

  #note(circuit: Circuit, outcome: 'success' | 'failure' | null, probes: Map<Circuit, string>): void {
    const owner = probes.get(circuit)
    if (owner !== undefined) return this.#settle(circuit, { owner, result: outcome ?? 'unused' })
    if (outcome === null) return
    circuit.record(outcome === 'success' ? ONE_SUCCESS : ONE_FAILURE, this.#nowMs())
    if (outcome === 'failure') void this.#report(circuit)
  }

  #settle(circuit: Circuit, settlement: Settlement): void {
    circuit.settle(settlement, this.#nowMs())
    void this.#report(circuit)
  }

  async #reportAll(): Promise<void> {
    await Promise.all([...this.#circuits.values()].map((circuit) => this.#report(circuit)))
  }

  /** Sends what a circuit has to tell, and what came in meanwhile; after a failure the next tick tries again. */
  async #report(circuit: Circuit): Promise<void> {
    for (let report = circuit.startReport(); report !== null; report = circuit.startReport()) {
      const sent = report
      try {
        const { settings } = this.#deps
        const changed = await this.#deps.shared().change(circuit.key, (state, nowMs) => applyReport(state, sent, settings, nowMs))
        this.#answered(circuit, changed.nowMs)
        circuit.delivered(changed.state, this.#nowMs())
      } catch (error) {
        circuit.undelivered(this.#nowMs())
        return this.#noteAlone(error)
      }
    }
  }

  #answered(circuit: Circuit, sharedNowMs: number): void {
    this.#setClock(sharedNowMs)
    circuit.answeredAtMs = this.#deps.clock.monotonicMs()
    if (this.#isAlone) this.#deps.onAlone(null)
    this.#isAlone = false
  }

  #noteAlone(error: unknown): void {
    if (!this.#isAlone) this.#deps.onAlone(error)
    this.#isAlone = true
  }

  #setClock(sharedNowMs: number): void {
    this.#clockAheadMs = sharedNowMs - this.#deps.clock.monotonicMs()
  }

  #nowMs(): number {
    return this.#deps.clock.monotonicMs() + this.#clockAheadMs
  }

  #circuit(key: string): Circuit {
    const known = this.#circuits.get(key)
    if (known !== undefined) return known
    const circuit = new Circuit(key, this.#deps.settings, () => this.#deps.onPhase(key, this.snapshot(key)))
    this.#circuits.set(key, circuit)
    return circuit
  }
}

/** The work's result, or a rejection when it takes longer; what the work then still does is nobody's business here. */
async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`No answer within ${ms} ms`)), ms)
  try {
    return await Promise.race([work(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}
