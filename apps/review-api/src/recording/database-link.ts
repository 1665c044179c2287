import { AuditQueueFullError, StoreUnavailableError } from '@torghut/artifact-store'

import { LATE, within } from './within.ts'

/** The database cannot be asked, or did not answer in the time there was. What it was asked may have happened. */
export class DatabaseAwayError extends Error {
  override readonly name = 'DatabaseAwayError'
  readonly code = 'DATABASE_AWAY'
}

/** How long a look at the database may take, in milliseconds; design: within the second that readiness is told in. */
const PING_MS = 1_000

export interface DatabaseLinkDeps {
  /** Rejects when the database does not answer within the time. */
  ping(timeoutMs: number): Promise<void>
  /** Told when the database goes away, with the reason, and with null when it is back. */
  onChange(reason: string | null): void
}

/**
 * Whether the database is there, as reviews found it. Once it is away nobody waits for it any more; whoever brings a
 * write home says that it is back, since a full or read-only server still answers a ping.
 */
export class DatabaseLink {
  readonly #deps: DatabaseLinkDeps
  #reason: string | null = 'not connected yet'
  #looking = false

  constructor(deps: DatabaseLinkDeps) {
    this.#deps = deps
  }

  /** Why the database is away; null while it is there. */
  get away(): string | null {
    return this.#reason
  }

  /** Runs a piece of work. Throws `DatabaseAwayError` when it cannot be done now, and the work's own refusals. */
  async run<T>(work: () => Promise<T>, timeoutMs: number): Promise<T> {
    if (this.#reason !== null) throw new DatabaseAwayError(this.#reason)
    try {
      const result = await within(timeoutMs, asPromise(work))
      if (result !== LATE) return result
    } catch (error) {
      if (error instanceof StoreUnavailableError) this.markAway(error.message)
      else if (!(error instanceof AuditQueueFullError)) throw error
      throw new DatabaseAwayError((error as Error).message, { cause: error })
    }
    void this.#look()
    throw new DatabaseAwayError(`no answer within ${Math.round(timeoutMs)} ms`)
  }

  /** Asks the database whether it is there; false when it does not answer. */
  async ping(): Promise<boolean> {
    return await this.#deps.ping(PING_MS).then(
      () => true,
      () => false,
    )
  }

  markAway(reason: string): void {
    const wasThere = this.#reason === null
    this.#reason = reason
    if (wasThere) this.#deps.onChange(reason)
  }

  markBack(): void {
    if (this.#reason === null) return
    this.#reason = null
    this.#deps.onChange(null)
  }

  /** One slow answer is no absence: a look decides, and only one at a time. */
  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    if (!(await this.ping())) this.markAway(`no answer within ${PING_MS} ms`)
    this.#looking = false
  }
}

async function asPromise<T>(work: () => Promise<T>): Promise<T> {
  return await work()
}
