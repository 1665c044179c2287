import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import type { AuditWriter, Store } from '@torghut/artifact-store'
import { StoreUnavailableError, openStore } from '@torghut/artifact-store'
import { ENGINE_VERSION } from '@torghut/gates'
import type { Logger } from '@torghut/telemetry'

import { StartRefusedError } from './errors.ts'

/** How long to wait before asking a database that was away again. */
const RETRY_MS = 1_000

/** How long the store may take to say that it is there. */
const PING_MS = 1_000

/** How long closing may wait for a database that does not answer any more. */
const CLOSE_MS = 3_000

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
  #failure = new StoreUnavailableError('DATABASE_URL', 'not connected yet')
  #closed = false
  #partitionTimer: NodeJS.Timeout | null = null

  /** The open store, or `StoreUnavailableError` while there is none. */
  current = (): Recording => {
    if (this.#recording === null) throw this.#failure
    return this.#recording
  }

  /**
   * Connects and runs `onOpen` before anybody else sees the store. Throws `StartRefusedError` when the server is there
   * and says no, and what `openStore` throws but for an absent database.
   */
  async connect(applicationUrl: string, logger: Logger, onOpen: (store: Store) => Promise<void>): Promise<void> {
    while (!this.#closed) {
      try {
        this.#recording = await open(applicationUrl, onOpen)
        this.#partitionTimer = setInterval(() => void this.#makePartitions(logger), PARTITION_CHECK_MS).unref()
        return
      } catch (error) {
        const advice = mendingAdvice(error)
        if (advice !== null) throw new StartRefusedError(advice, { cause: error })
        if (!(error instanceof StoreUnavailableError)) throw error
        this.#failure = error
        logger.warn({ reason: error.message }, 'Waiting for the database')
        await sleep(RETRY_MS, null, { ref: false })
      }
    }
  }

  /** Resolves when the store answers within the time; rejects otherwise. */
  async ping(timeoutMs: number): Promise<void> {
    await this.current().store.ping(timeoutMs)
  }

  /** Null when the store answers, else why not. */
  async check(): Promise<string | null> {
    try {
      await this.ping(PING_MS)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** Closes what is open; a database that hangs is left to the end of the process. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#partitionTimer !== null) clearInterval(this.#partitionTimer)
    const closing = this.#recording?.store.close() ?? Promise.resolve()
    await Promise.race([closing, sleep(CLOSE_MS, null, { ref: false })])
  }

  async #makePartitions(logger: Logger): Promise<void> {
    try {
      await this.#recording?.store.ensureReviewPartitions(PARTITION_MONTHS_AHEAD)
    } catch (error) {
      logger.error({ err: error }, 'Partitions could not be made ahead; rows go to the default one')
    }
  }
}

/** What a person has to do when PostgreSQL refuses us by SQLSTATE; null when waiting may help. */
function mendingAdvice(error: unknown): string | null {
  const source = error instanceof StoreUnavailableError ? error.cause : error
  const { code = '', message = '' } = (source ?? {}) as { code?: string; message?: string }
  if (code.startsWith('28')) return `PostgreSQL refuses the login (${message}): check user and password in DATABASE_URL`
  if (code === '3D000') return `${message}: create the database of DATABASE_URL and run torghut migrate`
  if (code === '42501') return `Role of DATABASE_URL lacks a right (${message}): use the application role`
  return null
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
