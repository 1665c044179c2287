import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'

import { describeTarget, guarded, requirePostgresUrl } from '../connection.ts'

export interface ChannelWatchOptions {
  url: string
  applicationName: string
  /** Notifications on it mean "read again"; what they carry is not looked at. */
  channel: string
  /** Longest wait between two reads, in milliseconds: the safety net for notifications that never came. */
  pollMs: number
  connectTimeoutMs: number
  /** Called with our own connection: at the start, after each notification and at least every `pollMs`. */
  read(client: Client): Promise<void>
  /** Told once when reading stops working; the watch goes on trying. */
  onLost(error: unknown): void
}

/** A read that takes longer is given up, and its connection with it: a silent network must not look like calm. */
const READ_TIMEOUT_MS = 1_000

/** How long to wait before connecting again, in milliseconds. */
const RETRY_MS = 250

/**
 * Keeps something read that others change: on notification at once, else by polling, over a dedicated connection that
 * is made again whenever it breaks.
 */
export class ChannelWatch {
  readonly #options: ChannelWatchOptions
  readonly #target: string
  #client: Client | null = null
  #wake = Promise.withResolvers<null>()
  #closed = false
  #isLost = false
  #running: Promise<void> = Promise.resolve()

  constructor(options: ChannelWatchOptions) {
    requirePostgresUrl(options.url)
    this.#options = options
    this.#target = describeTarget(options.url)
  }

  /** Resolves after the first read; throws `StoreUnavailableError` when there was none. */
  async start(): Promise<void> {
    try {
      await this.#readOnce()
    } catch (error) {
      await this.close()
      throw error
    }
    this.#running = this.#run()
  }

  /** Ends the connection; resolves when nothing of the watch is left. Repeatable. */
  async close(): Promise<void> {
    this.#closed = true
    this.#wake.resolve(null)
    await this.#running
    this.#dropClient()
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      await this.#waitForWake(this.#isLost ? RETRY_MS : this.#options.pollMs)
      if (this.#closed) return
      try {
        await this.#readOnce()
        this.#isLost = false
      } catch (error) {
        this.#dropClient()
        if (!this.#isLost) this.#options.onLost(error)
        this.#isLost = true
      }
    }
  }

  async #readOnce(): Promise<void> {
    // Armed before the read, so that a change during it causes another one.
    this.#wake = Promise.withResolvers<null>()
    await guarded(this.#target, async () => {
      this.#client ??= await this.#connect()
      await this.#options.read(this.#client)
    })
  }

  async #connect(): Promise<Client> {
    const { url, applicationName, channel, connectTimeoutMs } = this.#options
    const client = new Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: READ_TIMEOUT_MS,
      query_timeout: READ_TIMEOUT_MS,
      keepAlive: true,
    })
    client.on('notification', () => this.#wake.resolve(null))
    client.on('error', () => this.#wake.resolve(null))
    try {
      await client.connect()
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`)
      return client
    } catch (error) {
      void client.end().catch(() => undefined)
      throw error
    }
  }

  #dropClient(): void {
    void this.#client?.end().catch(() => undefined)
    this.#client = null
  }

  async #waitForWake(ms: number): Promise<void> {
    const timer = new AbortController()
    const pause = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)
    await Promise.race([this.#wake.promise, pause])
    timer.abort()
  }
}
