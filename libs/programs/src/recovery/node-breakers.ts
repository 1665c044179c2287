import type { BreakerState } from '@torghut/contracts'

import { breakerPhase, closedBreaker, recordCalls, settleProbe, takeProbe } from './breaker.ts'
import type { BreakerPhase, BreakerSettings, ProbeResult } from './breaker.ts'
import { ONE_FAILURE, ONE_SUCCESS } from './call-window.ts'

/** Nodes whose breakers are remembered; the one that was longest not used is forgotten. */
export const NODE_BREAKERS_MAX = 1_024

export interface NodeBreakerPorts {
  /** A clock in milliseconds. */
  now: () => number
  /** A fresh UUID: who holds a probe. */
  newOwner: () => string
}

/** Leave to run a node, asked before its first attempt; to be settled once, when its last one ended. */
export interface NodeAdmission {
  key: string
  /** Null for a closed breaker, else who holds its probe. */
  owner: string | null
}

/**
 * The breakers of nodes in this process, on the same machine and numbers as those all replicas share. They are not
 * shared: the artifact's breaker is, and it sees every failure these see. What these add is that one broken node
 * costs no further calls of its siblings while the artifact's window is still filling.
 */
export class NodeBreakers {
  readonly #settings: BreakerSettings
  readonly #ports: NodeBreakerPorts
  readonly #states = new Map<string, BreakerState>()

  constructor(settings: BreakerSettings, ports: NodeBreakerPorts) {
    this.#settings = settings
    this.#ports = ports
  }

  /** Lets a node run, or null while its breaker is open. Half-open lets one through, for `leaseMs` at most. */
  admit(key: string, leaseMs: number): NodeAdmission | null {
    const nowMs = this.#ports.now()
    const state = this.#find(key)
    if (breakerPhase(state, nowMs) === 'closed') return { key, owner: null }
    const owner = this.#ports.newOwner()
    const probing = takeProbe(state, { owner, untilMs: nowMs + leaseMs }, nowMs)
    if (probing === null) return null
    this.#keep(key, probing)
    return { key, owner }
  }

  /**
   * Tells how an admitted node ended: by `callEvidence`'s word on the artifact, so that the gateway's failures count
   * for the gateway alone; `unused` when it says nothing or no call went out.
   */
  settle({ key, owner }: NodeAdmission, result: ProbeResult): void {
    const nowMs = this.#ports.now()
    const state = this.#find(key)
    if (owner !== null) this.#keep(key, settleProbe(state, { owner, result }, this.#settings, nowMs))
    else if (result !== 'unused') {
      this.#keep(key, recordCalls(state, result === 'success' ? ONE_SUCCESS : ONE_FAILURE, this.#settings, nowMs))
    }
  }

  phase(key: string): BreakerPhase {
    return breakerPhase(this.#find(key), this.#ports.now())
  }

  /** The nodes that are not let run freely now, for metrics. */
  openKeys(): string[] {
    return [...this.#states.keys()].filter((key) => this.phase(key) !== 'closed')
  }

  #find(key: string): BreakerState {
    return this.#states.get(key) ?? closedBreaker()
  }

  #keep(key: string, state: BreakerState): void {
    this.#states.delete(key)
    this.#states.set(key, state)
    if (this.#states.size <= NODE_BREAKERS_MAX) return
    const [oldest] = this.#states.keys()
    if (oldest !== undefined) this.#states.delete(oldest)
  }
}
