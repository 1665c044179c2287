import type { Store } from '@torghut/artifact-store'
import { CACHE_TTL_MS, NodeCache, ValidationCache } from '@torghut/programs'
import type { CacheCounts, CacheTier, CachedNodeFailure, ProgramPorts } from '@torghut/programs'

/** A run that waits for another one's answer leaves this long after its time: its own call would have ended by then. */
const LEAVE_AFTER_MS = 50

/** How often expired rows are removed, and how many at most at once. */
const PRUNE_EVERY_MS = 600_000
const PRUNE_ROWS_MAX = 10_000

type CacheTables = Pick<Store, 'nodeResults' | 'validationResults'>

export interface ProgramCacheDeps {
  /** Throws while no database is connected: the memory of this process is the cache until then. */
  store(): CacheTables
  /** Milliseconds since 1970. */
  now(): number
  bytesMax?: number
}

/**
 * What nodes answered and checks found, in the memory of this process and behind it in the store. A review gets them
 * only where its policy allows it.
 */
export class ProgramCaches {
  readonly #deps: ProgramCacheDeps
  readonly #nodes: NodeCache<CachedNodeFailure>
  readonly #validations: ValidationCache
  readonly #timer: NodeJS.Timeout

  constructor(deps: ProgramCacheDeps) {
    const { store, now, bytesMax } = deps
    const bounds = bytesMax === undefined ? { now } : { now, bytesMax }
    this.#deps = deps
    this.#nodes = new NodeCache({ ...bounds, tier: lateTier(() => store().nodeResults) })
    this.#validations = new ValidationCache({ ...bounds, tier: lateTier(() => store().validationResults) })
    this.#timer = setInterval(() => void this.prune(), PRUNE_EVERY_MS).unref()
  }

  /** The caches for one run, which waits for nobody's answer longer than its own time. */
  portsFor(timeoutMs: number): Required<Pick<ProgramPorts, 'cache' | 'validations'>> {
    const late = AbortSignal.timeout(Math.max(0, timeoutMs) + LEAVE_AFTER_MS)
    return {
      cache: {
        resolve: (request, compute) =>
          this.#nodes.resolve({ ...request, signal: AbortSignal.any([request.signal, late]) }, compute),
      },
      validations: this.#validations,
    }
  }

  counts(): Record<'node' | 'validation', CacheCounts> {
    return { node: this.#nodes.counts(), validation: this.#validations.counts() }
  }

  /** Removes expired rows; what is left of them is removed the next time. Never throws: nothing waits for it. */
  async prune(): Promise<void> {
    const age = { storedBefore: new Date(this.#deps.now() - CACHE_TTL_MS), rowsMax: PRUNE_ROWS_MAX }
    try {
      const { nodeResults, validationResults } = this.#deps.store()
      await Promise.all([nodeResults.deleteOld(age), validationResults.deleteOld(age)])
    } catch {
      // An absent database is the store's to tell, and an expired row is never used.
    }
  }

  /** Waits for the writes that are under way. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all([this.#nodes.settled(), this.#validations.settled()])
  }
}

/** A tier whose store may come late: every call asks for it anew, and one that is not there is a failed call. */
function lateTier(table: () => CacheTier): CacheTier {
  return {
    find: async (key) => table().find(key),
    save: async (entry) => table().save(entry),
    invalidate: async (filter) => table().invalidate(filter),
  }
}
