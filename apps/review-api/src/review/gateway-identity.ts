/** How long the gateway may take to say what it is, and how long we wait before asking again. */
const ASK_TIMEOUT_MS = 2_000
const ASK_AGAIN_MS = 1_000

/**
 * Knows whether the gateway is the simulator, which says so at `GET /simulator`; a real gateway answers 404 there.
 * Rows of a simulated model are stamped, so their numbers can never pass for a model's.
 */
export class GatewayIdentity {
  readonly #origin: string
  #simulated: boolean | null = null
  #askedAgain: NodeJS.Timeout | null = null
  #closed = false

  constructor(origin: string) {
    this.#origin = origin
  }

  /** True for the simulator, false for a gateway, null while nobody has answered. */
  get simulated(): boolean | null {
    return this.#simulated
  }

  /** Asks until something answers; a late gateway is no reason not to start. */
  async discover(): Promise<void> {
    this.#simulated = await askWhetherSimulated(this.#origin)
    if (this.#simulated !== null || this.#closed) return
    this.#askedAgain = setTimeout(() => void this.discover(), ASK_AGAIN_MS)
    this.#askedAgain.unref()
  }

  close(): void {
    this.#closed = true
    if (this.#askedAgain !== null) clearTimeout(this.#askedAgain)
  }
}

async function askWhetherSimulated(origin: string): Promise<boolean | null> {
  try {
    const answer = await fetch(`${origin}/simulator`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS), redirect: 'error' })
    const body: unknown = answer.status === 200 ? await answer.json().catch(() => null) : null
    return body !== null && typeof body === 'object' && 'simulated' in body && body.simulated === true
  } catch {
    return null
  }
}
