import type { Sha256Hex } from '@torghut/contracts'
import { canonicalJson } from '@torghut/contracts'
import { LRUCache } from 'lru-cache'

import { hasTags } from './cache-tier.ts'
import type { CacheEntry, CacheTags, CacheTier, TagFilter } from './cache-tier.ts'

/** How long a cached value may be used. */
export const CACHE_TTL_MS = 3_600_000

/** Most values in the memory of a process. */
export const CACHE_ENTRIES_MAX = 1_000

/** Most bytes of them. A process of 2 GB may give 500 MB to caches; two of these leave that to runs as well. */
export const CACHE_BYTES_MAX = 64 * 1024 * 1024

/** Writes to the tier that may be under way; a value that comes when there are more is not written. */
export const CACHE_SAVES_MAX = 64

export interface CacheOptions {
  /** Milliseconds since 1970: what is stored is read by other processes too. */
  now: () => number
  tier?: CacheTier
  ttlMs?: number
  entriesMax?: number
  bytesMax?: number
}

/** Where a value came from: `flight` is another caller's computation that was under way. */
export type CacheSource = 'memory' | 'tier' | 'flight' | 'computed'

export type Computed<Failure extends { ok: false }> = { ok: true; output: unknown } | Failure

/**
 * The work a miss does. It belongs to all who wait for it, so it stops at this signal and at nobody else's, and its
 * time is the node's, not what its first caller happens to have left: each caller leaves at his own deadline.
 */
export type Compute<Failure extends { ok: false }> = (signal: AbortSignal) => Promise<Computed<Failure>>

export type Cached<Value, Failure extends { ok: false }> =
  | { ok: true; value: Value; source: CacheSource }
  | (Failure & { source: CacheSource })

export interface CacheRequest<Value> {
  key: Sha256Hex
  tags: CacheTags
  /** Reads an output, fresh or stored, into a value. Throwing on a stored one makes it a miss. */
  parse: (output: unknown) => Value
  signal: AbortSignal
}

export interface CacheCounts {
  memoryHits: number
  tierHits: number
  /** Callers who joined a computation that was under way. */
  shared: number
  misses: number
  /** Values the tier did not give or take although it should have: away, late, or holding something unreadable. */
  tierErrors: number
  entries: number
  bytes: number
}

interface Flight<Failure> {
  tags: CacheTags
  outcome: Promise<Landed<Failure>>
  abort: AbortController
  callers: number
  /** False once it was invalidated or abandoned while it was under way. */
  keep: boolean
}

type Landed<Failure> = { ok: true; text: string; source: 'tier' | 'computed' } | { ok: false; failure: Failure }

/**
 * A cache of JSON values with two tiers and single flight. Values are kept as canonical JSON and parsed for every
 * caller, so nobody shares an object with anybody, and a hit gives the same bytes as the miss before it.
 */
export class TieredCache<Failure extends { ok: false }> {
  readonly #options: Required<Omit<CacheOptions, 'tier'>> & { tier: CacheTier | undefined }
  readonly #memory: LRUCache<Sha256Hex, CacheEntry>
  readonly #flights = new Map<Sha256Hex, Flight<Failure>>()
  readonly #saves = new Set<Promise<void>>()
  readonly #counts = { memoryHits: 0, tierHits: 0, shared: 0, misses: 0, tierErrors: 0 }

  constructor({ tier, ...options }: CacheOptions) {
    const settings = { ttlMs: CACHE_TTL_MS, entriesMax: CACHE_ENTRIES_MAX, bytesMax: CACHE_BYTES_MAX, ...options }
    this.#options = { ...settings, tier }
    // Time is judged here, by the injected clock, for both tiers alike; the library bounds count and bytes.
    this.#memory = new LRUCache({ max: settings.entriesMax, maxSize: settings.bytesMax, sizeCalculation: bytesOf })
  }

  /**
   * The value of a key: from memory, from a computation under way, from the tier, or computed. A failure is told to
   * everybody who waits for it and never kept; so is a throw. Rejects with the signal's reason when it aborts; the
   * computation goes on while anybody else waits for it, and is aborted when nobody does.
   */
  async resolve<Value>(request: CacheRequest<Value>, compute: Compute<Failure>): Promise<Cached<Value, Failure>> {
    request.signal.throwIfAborted()
    const remembered = this.#recall(request)
    if (remembered !== undefined) {
      this.#counts.memoryHits += 1
      return { ok: true, ...remembered, source: 'memory' }
    }
    const joined = this.#flights.get(request.key)
    const flight = joined ?? this.#launch(request, compute)
    if (joined !== undefined) this.#counts.shared += 1
    const landed = await this.#join(request.key, flight, request.signal)
    if (!landed.ok) return { ...landed.failure, source: joined === undefined ? 'computed' : 'flight' }
    const source = joined === undefined ? landed.source : 'flight'
    return { ok: true, value: request.parse(JSON.parse(landed.text)), source }
  }

  /**
   * Forgets what the filter means in both tiers, also what is being computed now, and returns how many were in
   * memory. Other processes' memories keep theirs until it expires. Rejects when the tier does; this memory is
   * cleared then.
   */
  async invalidate(filter: TagFilter): Promise<number> {
    const forgotten = this.#forgetTagged(filter)
    await this.settled()
    await this.#options.tier?.invalidate(filter)
    // Somebody may have read from the tier what was removed there a moment later.
    return forgotten + this.#forgetTagged(filter)
  }

  /** Resolves when no write to the tier is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#saves)
  }

  counts(): CacheCounts {
    return { ...this.#counts, entries: this.#memory.size, bytes: this.#memory.calculatedSize }
  }

  #forgetTagged(filter: TagFilter): number {
    const meant = [...this.#memory.entries()].filter(([, { tags }]) => hasTags(tags, filter))
    for (const [key] of meant) this.#memory.delete(key)
    for (const [key, flight] of this.#flights) {
      if (!hasTags(flight.tags, filter)) continue
      flight.keep = false
      this.#flights.delete(key)
    }
    return meant.length
  }

  #recall<Value>({ key, parse }: CacheRequest<Value>): { value: Value } | undefined {
    const entry = this.#memory.get(key)
    if (entry === undefined) return undefined
    try {
      if (this.#isFresh(entry)) return { value: parse(JSON.parse(entry.text)) }
    } catch {
      // Another version of the reader wrote it; like an expired one, it makes room for a new one.
    }
    this.#memory.delete(key)
    return undefined
  }

  #launch<Value>(request: CacheRequest<Value>, compute: Compute<Failure>): Flight<Failure> {
    const { promise, resolve, reject } = Promise.withResolvers<Landed<Failure>>()
    const flight = { tags: request.tags, outcome: promise, abort: new AbortController(), callers: 0, keep: true }
    this.#flights.set(request.key, flight)
    const landing = this.#fly(request, flight, compute).finally(() => this.#forget(request.key, flight))
    landing.then(resolve, reject)
    // Whoever joined hears of a throw; when nobody waits any more there is nobody to tell.
    promise.catch(() => {})
    return flight
  }

  async #fly<Value>(
    { key, tags, parse }: CacheRequest<Value>,
    flight: Flight<Failure>,
    compute: Compute<Failure>,
  ): Promise<Landed<Failure>> {
    const stored = await this.#findStored(key, parse)
    if (stored !== undefined) {
      this.#counts.tierHits += 1
      if (flight.keep) this.#memory.set(key, stored)
      return { ok: true, text: stored.text, source: 'tier' }
    }
    flight.abort.signal.throwIfAborted()
    this.#counts.misses += 1
    const computed = await compute(flight.abort.signal)
    if (!computed.ok) return { ok: false, failure: computed }
    const text = canonicalJson(computed.output)
    parse(JSON.parse(text))
    if (flight.keep) this.#store({ key, text, tags, storedAtMs: this.#options.now() })
    return { ok: true, text, source: 'computed' }
  }

  async #findStored(key: Sha256Hex, parse: (output: unknown) => unknown): Promise<CacheEntry | undefined> {
    try {
      const entry = await this.#options.tier?.find(key)
      if (entry === undefined || !this.#isFresh(entry)) return undefined
      parse(JSON.parse(entry.text))
      return entry
    } catch {
      this.#counts.tierErrors += 1
      return undefined
    }
  }

  #store(entry: CacheEntry): void {
    this.#memory.set(entry.key, entry)
    const { tier } = this.#options
    if (tier === undefined) return
    if (this.#saves.size >= CACHE_SAVES_MAX) {
      this.#counts.tierErrors += 1
      return
    }
    const save = tier
      .save(entry)
      .catch(() => void (this.#counts.tierErrors += 1))
      .finally(() => this.#saves.delete(save))
    this.#saves.add(save)
  }

  async #join(key: Sha256Hex, flight: Flight<Failure>, signal: AbortSignal): Promise<Landed<Failure>> {
    const left = Promise.withResolvers<never>()
    const leave = () => left.reject(signal.reason)
    flight.callers += 1
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([flight.outcome, left.promise])
    } finally {
      signal.removeEventListener('abort', leave)
      flight.callers -= 1
      if (flight.callers === 0) this.#abandon(key, flight)
    }
  }

  /**
   * Nobody waits any more: whoever comes next starts afresh, and what is still under way stops. Should it end all the
   * same, its value is not kept, because it would replace that of a later flight.
   */
  #abandon(key: Sha256Hex, flight: Flight<Failure>): void {
    flight.keep = false
    this.#forget(key, flight)
    flight.abort.abort()
  }

  #forget(key: Sha256Hex, flight: Flight<Failure>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }

  #isFresh({ storedAtMs }: CacheEntry): boolean {
    return this.#options.now() < storedAtMs + this.#options.ttlMs
  }
}

/** What an entry may weigh: two bytes a UTF-16 unit, and some for the map around it. */
function bytesOf({ key, text, tags }: CacheEntry): number {
  return 2 * (key.length + text.length + tags.scope.length + tags.subject.length + tags.version.length) + ENTRY_BYTES
}

const ENTRY_BYTES = 256
