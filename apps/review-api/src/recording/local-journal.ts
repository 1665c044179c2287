import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

import type { ReviewEntry } from '@torghut/artifact-store'
import type { RuntimeEnvironment } from '@torghut/contracts'
import { JournalUnwritableError, openJournal } from '@torghut/review-journal'
import type { Journal, JournalAppend, JournalFigures } from '@torghut/review-journal'

/** How long after a failed opening the next one is tried, in milliseconds. */
const REOPEN_AFTER_MS = 1_000

/** A policy's canonical JSON by its hash; null for one this process does not know. */
export type PolicyText = (policyHash: string) => string | null

export interface LocalJournalDeps {
  settings: RuntimeEnvironment['journal']
  policyText: PolicyText
  now(): Date
  monotonicMs(): number
}

/**
 * The journal of this process, opened when it can be. On a data folder it lies below `journal/` and outlives us;
 * without one it lies in a temporary folder that nobody else will ever look into.
 */
export class LocalJournal {
  readonly #deps: LocalJournalDeps
  readonly #policies = new Set<string>()
  #journal: Journal | null = null
  #opening: Promise<Journal> | null = null
  #failure: { reason: string; atMs: number } | null = null
  #temporaryRoot: string | null = null
  #closed = false

  constructor(deps: LocalJournalDeps) {
    this.#deps = deps
  }

  /** Null when entries can be written as far as we know, else why the last try failed. */
  get complaint(): string | null {
    return this.#failure?.reason ?? (this.#journal === null ? 'not opened yet' : null)
  }

  /** The open journal, waited for while it is being opened; null when there is none. */
  async opened(): Promise<Journal | null> {
    return this.#journal ?? (await this.#opening?.catch(() => null)) ?? null
  }

  get figures(): JournalFigures {
    return this.#journal?.figures ?? { entries: 0, bytes: 0, oldestAt: null, aside: 0 }
  }

  /** Whether what is written here outlives this process's machine or container. */
  get isPersistent(): boolean {
    return this.#deps.settings.storage === 'persistent'
  }

  /** Opens the journal. Throws `JournalUnwritableError`; a failure is remembered for a moment. */
  async open(): Promise<Journal> {
    if (this.#journal !== null) return this.#journal
    const { root } = await this.#root()
    if (this.#failure !== null && this.#deps.monotonicMs() - this.#failure.atMs < REOPEN_AFTER_MS) {
      throw new JournalUnwritableError(root, this.#failure.reason)
    }
    this.#opening ??= this.#openNow(root)
    try {
      return await this.#opening
    } finally {
      this.#opening = null
    }
  }

  /** Makes a review durable here, its policy before it. Throws the journal's errors. */
  async append(entry: ReviewEntry, timeoutMs: number): Promise<JournalAppend> {
    const endsAtMs = this.#deps.monotonicMs() + timeoutMs
    try {
      const journal = await this.open()
      await this.#keepPolicy(journal, entry.record.lineage.policy_hash, timeoutMs)
      const appended = await journal.append(this.#toJournal(entry), Math.max(1, endsAtMs - this.#deps.monotonicMs()))
      this.#failure = null
      return appended
    } catch (error) {
      this.#noteFailure(error)
      throw error
    }
  }

  /** Looks whether what went wrong last has passed, so that a complaint does not outlive its cause. */
  async lookAgain(): Promise<void> {
    if (this.#failure === null || this.#journal === null) return
    try {
      await this.#journal.tryDisk()
      this.#failure = null
    } catch (error) {
      this.#noteFailure(error)
    }
  }

  /** Waits at most `timeoutMs` for the disk; false when a write still hangs there. */
  async close(timeoutMs: number): Promise<boolean> {
    this.#closed = true
    return (await this.#journal?.close(timeoutMs)) ?? true
  }

  async #openNow(root: string): Promise<Journal> {
    if (this.#closed) throw new JournalUnwritableError(root, 'it is closed')
    try {
      this.#journal = await openJournal({ root, maxBytes: this.#deps.settings.maxBytes })
      this.#failure = null
      return this.#journal
    } catch (error) {
      this.#noteFailure(error)
      throw error
    }
  }

  async #root(): Promise<{ root: string }> {
    const { dataDir } = this.#deps.settings
    if (dataDir !== null) return { root: join(dataDir, 'journal') }
    try {
      this.#temporaryRoot ??= await this.#makeTemporaryRoot()
    } catch (cause) {
      const error = new JournalUnwritableError(tmpdir(), (cause as NodeJS.ErrnoException).code ?? 'unknown', { cause })
      this.#noteFailure(error)
      throw error
    }
    return { root: this.#temporaryRoot }
  }

  /** Removed when the process ends, however early, unless it holds what nobody brought home or looked at. */
  async #makeTemporaryRoot(): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'torghut-journal-'))
    process.once('exit', () => {
      const { entries, aside } = this.figures
      if (entries + aside === 0) rmSync(root, { recursive: true, force: true })
    })
    return root
  }

  #noteFailure(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.#failure = { reason, atMs: this.#deps.monotonicMs() }
  }

  async #keepPolicy(journal: Journal, policyHash: string, timeoutMs: number): Promise<void> {
    if (this.#policies.has(policyHash)) return
    const text = this.#deps.policyText(policyHash)
    if (text === null) return
    const journalled_at = this.#deps.now().toISOString()
    await journal.append({ kind: 'policy', journalled_at, policy_hash: policyHash, text }, timeoutMs)
    this.#policies.add(policyHash)
  }

  #toJournal(entry: ReviewEntry) {
    return {
      kind: 'review',
      journalled_at: this.#deps.now().toISOString(),
      idempotency_key: entry.idempotencyKey,
      body_hash: entry.bodyHash,
      owner: entry.owner,
      known_at: entry.knownAt,
      shadow_of: entry.shadowOf,
      submission: entry.submission,
      record: entry.record,
    } as const
  }
}
