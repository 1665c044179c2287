/** How long a key stays with an owner that stopped prolonging it: how much a crashed owner delays the next one. */
export const LEASE_MS = 2_000

/** How often leases are prolonged; a few may be missed before one is lost. */
const RENEW_MS = 500

interface Held {
  key: string
  owner: string
}

/** Prolongs the leases of the keys whose reviews are under way, all of them in one statement. */
export class KeyLeases {
  readonly #renew: (renewal: { held: Held[]; leaseMs: number }) => Promise<void>
  readonly #held = new Set<Held>()
  #timer: NodeJS.Timeout | null = null
  #renewing = false

  constructor(renew: (renewal: { held: Held[]; leaseMs: number }) => Promise<void>) {
    this.#renew = renew
  }

  /** Holds a key until the returned function is called. */
  hold(held: Held): () => void {
    this.#held.add(held)
    this.#timer ??= setInterval(() => void this.#renewAll(), RENEW_MS).unref()
    return () => {
      this.#held.delete(held)
      if (this.#held.size > 0 || this.#timer === null) return
      clearInterval(this.#timer)
      this.#timer = null
    }
  }

  async #renewAll(): Promise<void> {
    if (this.#renewing) return
    this.#renewing = true
    await this.#renew({ held: [...this.#held], leaseMs: LEASE_MS }).catch(() => undefined)
    this.#renewing = false
  }
}
