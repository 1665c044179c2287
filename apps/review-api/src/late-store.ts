import { setTimeout as sleep } from 'node:timers/promises'

import type { Store } from '@torghut/artifact-store'
import { StoreUnavailableError, openStore } from '@torghut/artifact-store'
import type { Logger } from '@torghut/telemetry'

/** How long to wait before asking a database that was away again. */
const RETRY_MS = 1_000

/**
 * A store that may come late: the process listens and says why it is not ready until the database answers.
 * Only an absent database is waited for; a wrong role or schema is a person's to mend, and is thrown.
 */
export class LateStore {
  #store: Store | null = null
  #reason = 'not connected yet'
  #closed = false

  /** The open store, or `StoreUnavailableError` while there is none. */
  current = (): Store => {
    if (this.#store === null) throw new StoreUnavailableError(this.#reason)
    return this.#store
  }

  /** Connects and runs `onOpen` before anybody else sees the store. */
  async connect(applicationUrl: string, logger: Logger, onOpen: (store: Store) => Promise<void>): Promise<void> {
    while (!this.#closed) {
      try {
        const store = await openStore({ applicationUrl, applicationName: 'torghut-review-api' })
        await onOpen(store)
        this.#store = store
        return
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error
        this.#reason = error.message
        logger.warn({ reason: error.message }, 'Waiting for the database')
        await sleep(RETRY_MS, null, { ref: false })
      }
    }
  }

  /** Null when the store answers, else why not. */
  async check(): Promise<string | null> {
    try {
      await this.current().ping(1_000)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#store?.close()
  }
}
