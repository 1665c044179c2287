import { takeCall } from '@torghut/programs'
import type { CallCap, CallTokens } from '@torghut/programs'

/** How often this process may still run a program that asks a model; the cap is the policy's at each review. */
export class ProgramCap {
  readonly #monotonicMs: () => number
  #bucket: CallTokens | null = null

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** Takes a run; false when the cap leaves none. Null means that nothing is capped. */
  take(cap: CallCap | null): boolean {
    if (cap === null) return true
    const { taken, after } = takeCall(this.#bucket, cap, this.#monotonicMs())
    this.#bucket = after
    return taken
  }
}
