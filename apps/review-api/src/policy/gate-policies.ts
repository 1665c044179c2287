import { readFileSync, statSync } from 'node:fs'

import type { Store } from '@torghut/artifact-store'
import type { PolicySettings } from '@torghut/contracts'
import { closedGatePolicy } from '@torghut/contracts'
import type { Logger } from '@torghut/telemetry'

import { readPolicy, usedPolicy } from './read-policy.ts'
import type { UsedPolicy } from './read-policy.ts'

/** How often the file is looked at, in milliseconds. */
const POLL_MS = 1_000

/** Largest file read; a policy with ten thousand restricted symbols has a fifth of it. */
const FILE_BYTES_MAX = 1024 * 1024

/** Most policies whose bytes are kept; a file that changes more often while no database can take them is a fault. */
const KEPT_MAX = 1_000

export interface PolicySource {
  path: string
  settings: PolicySettings
  logger: Logger
  /** Told at once and after every change. */
  onUse(policyHash: string): void
}

/**
 * The gate policy in force. The file is read whole once a second: its bytes are few, and neither an editor's rename nor
 * a swapped symlink (as ConfigMaps are updated) can be missed that way. What cannot be used is told once, and the last
 * good policy stays; before there was one, only proved exits pass.
 */
export class GatePolicies {
  readonly #source: PolicySource
  #used: UsedPolicy
  #hadGood = false
  #problem: string | null = null
  #seen: string | null = null
  #timer: NodeJS.Timeout | null = null
  /** Every policy used, by hash, the newest last; and those that are not stored yet. */
  readonly #kept = new Map<string, Buffer>()
  readonly #unsaved = new Set<string>()

  constructor(source: PolicySource) {
    this.#source = source
    this.#used = usedPolicy(closedGatePolicy(source.settings))
    this.refresh()
    if (!this.#hadGood) this.#use(this.#used)
  }

  /** The policy a review that begins now is judged by, until its end. */
  current(): UsedPolicy {
    return this.#used
  }

  /** The canonical text of a policy that was used, or null. */
  textOf(policyHash: string): string | null {
    return this.#kept.get(policyHash)?.toString() ?? null
  }

  /** Looks at the file again every second until `close()`, and stores what it means as soon as the store is there. */
  follow(store: () => Pick<Store, 'saveGatePolicy'>): void {
    const look = async () => {
      this.refresh()
      // Away is told by the database's own check; a review that comes first stores the policy itself.
      if (this.isUnsaved) await this.save(store()).catch(() => undefined)
    }
    this.#timer = setInterval(() => void look().catch(() => undefined), POLL_MS).unref()
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
  }

  /** Null when the file in place is the policy in force or there never was one, else what to tell a person. */
  complaint(): string | null {
    if (this.#problem === null || !this.#hadGood) return null
    return `${this.#source.path}, ${this.#problem}; policy ${this.#used.policyHash.slice(0, 12)} stays in force`
  }

  /** Why there is no policy but the closed one; null once there was a usable file. */
  missing(): string | null {
    return this.#hadGood ? null : `${this.#source.path}, ${this.#problem ?? 'not read'}; only proved exits pass`
  }

  /** Reads the file now. Never throws. */
  refresh(): void {
    const { path, settings, logger } = this.#source
    const read = readFile(path)
    if (!read.ok) {
      this.#seen = null
      return this.#refuse(read.problem)
    }
    if (read.text === this.#seen) return
    this.#seen = read.text
    const policy = readPolicy(read.text, settings)
    if (!policy.ok) return this.#refuse(policy.problem)
    this.#problem = null
    const isNew = policy.used.policyHash !== this.#used.policyHash
    this.#hadGood = true
    if (!isNew) return
    if (this.#unsaved.size >= KEPT_MAX) return this.#refuse('too many changes wait to be stored')
    this.#use(policy.used)
    logger.info({ path, policyHash: policy.used.policyHash }, 'Gate policy in force')
  }

  /**
   * Stores what was used and is not stored yet; no review may be stored before its policy. Throws what the store throws.
   */
  async save(store: Pick<Store, 'saveGatePolicy'>): Promise<void> {
    for (const hash of [...this.#unsaved]) {
      const bytes = this.#kept.get(hash)
      if (bytes !== undefined) await store.saveGatePolicy(bytes)
      this.#unsaved.delete(hash)
    }
  }

  /** True while a used policy waits to be stored. */
  get isUnsaved(): boolean {
    return this.#unsaved.size > 0
  }

  #use(used: UsedPolicy): void {
    this.#used = used
    this.#kept.delete(used.policyHash)
    this.#kept.set(used.policyHash, used.bytes)
    this.#unsaved.add(used.policyHash)
    const oldest = [...this.#kept.keys()].find((hash) => !this.#unsaved.has(hash))
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest)
    this.#source.onUse(used.policyHash)
  }

  #refuse(problem: string): void {
    if (problem !== this.#problem) {
      this.#source.logger.error({ path: this.#source.path, problem }, 'Gate policy refused; the last good one stays')
    }
    this.#problem = problem
  }
}

/** Text is only read when it is short enough to be a policy. */
function readFile(path: string): { ok: true; text: string } | { ok: false; problem: string } {
  try {
    const { size } = statSync(path)
    if (size > FILE_BYTES_MAX) return { ok: false, problem: `has ${size} bytes, more than ${FILE_BYTES_MAX}` }
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { ok: false, problem: code === 'ENOENT' ? 'no such file' : message }
  }
}
