import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import type { AuditWriter, Store } from '@torghut/artifact-store'
import { StoreUnavailableError, openStore } from '@torghut/artifact-store'
import { ENGINE_VERSION } from '@torghut/gates'
import type { Logger } from '@torghut/telemetry'

/** How long to wait before asking a database that was away again. */
const RETRY_MS = 1_000

/** Partitions are made this many months ahead, so that a process that runs for weeks never lacks one. */
const PARTITION_MONTHS_AHEAD = 2
const PARTITION_CHECK_MS = 24 * 3600 * 1000

/** A connected database and this process's own chain in it. */
export interface Recording {
  store: Store
  writer: AuditWriter
}

/**
 * A store that may come late: the process listens and says why it is not ready until the database answers.
 * Only an absent database is waited for; a wrong role or schema is a person's to mend, and is thrown.
 */
export class LateStore {
  #recording: Recording | null = null
  #reason = 'not connected yet'
  #closed = false
  #partitionTimer: NodeJS.Timeout | null = null

  /** The open store, or `StoreUnavailableError` while there is none. */
  current = (): Recording => {
    if (this.#recording === null) throw new StoreUnavailableError('DATABASE_URL', this.#reason)
    return this.#recording
  }

  /** Connects and runs `onOpen` before anybody else sees the store. */
  async connect(applicationUrl: string, logger: Logger, onOpen: (store: Store) => Promise<void>): Promise<void> {
    while (!this.#closed) {
      try {
        this.#recording = await open(applicationUrl, onOpen)
        this.#partitionTimer = setInterval(() => void this.#makePartitions(logger), PARTITION_CHECK_MS).unref()
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
      await this.current().store.ping(1_000)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#partitionTimer !== null) clearInterval(this.#partitionTimer)
    await this.#recording?.store.close()
  }

  async #makePartitions(logger: Logger): Promise<void> {
    try {
      await this.#recording?.store.ensureReviewPartitions(PARTITION_MONTHS_AHEAD)
    } catch (error) {
      logger.error({ err: error }, 'Partitions could not be made ahead; rows go to the default one')
    }
  }
}

async function open(applicationUrl: string, onOpen: (store: Store) => Promise<void>): Promise<Recording> {
  const store = await openStore({ applicationUrl, applicationName: 'torghut-review-api' })
  try {
    await onOpen(store)
    await store.ensureReviewPartitions(PARTITION_MONTHS_AHEAD)
    const facts = { writerId: randomUUID(), engineVersion: ENGINE_VERSION, startedAt: new Date() }
    return { store, writer: await store.registerWriter(facts) }
  } catch (error) {
    await store.close()
    throw error
  }
}
