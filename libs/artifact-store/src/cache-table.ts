import type { Pool } from 'pg'

import { guarded } from './connection.ts'
import { deleteCacheRows, deleteOldCacheRows, findOptionalCacheRow, saveCacheRow } from './queries/cache-entries.ts'
import type { CacheRow, CacheRowTags, CacheTableShape } from './queries/cache-entries.ts'
import { NODE_RESULTS } from './queries/node-results.ts'
import { VALIDATION_RESULTS } from './queries/validation-results.ts'

/**
 * A cache that all processes share, behind the memory of each. Its connections are few and give up soon: a slow cache
 * is none. Every method throws `StoreUnavailableError` when the database is away or slower than the pool allows.
 */
class CacheTable {
  readonly #pool: Pool
  readonly #target: string
  readonly #shape: CacheTableShape

  constructor(pool: Pool, target: string, shape: CacheTableShape) {
    this.#pool = pool
    this.#target = target
    this.#shape = shape
  }

  /** The entry of a key, stale or not. */
  find(key: string): Promise<CacheRow | undefined> {
    return guarded(this.#target, () => findOptionalCacheRow(this.#pool, this.#shape, key))
  }

  /** Keeps an entry, unless a later one of its key is there. Its text may take a mebibyte. */
  save(entry: CacheRow): Promise<void> {
    return guarded(this.#target, () => saveCacheRow(this.#pool, this.#shape, entry))
  }

  /** Removes the entries with all the tags that are named and returns how many; without any, all entries. */
  invalidate(filter: Partial<CacheRowTags>): Promise<number> {
    return guarded(this.#target, () => deleteCacheRows(this.#pool, this.#shape, filter))
  }

  /**
   * Removes up to `rowsMax` entries stored before an instant and returns how many: expired ones take room for
   * nothing.
   */
  deleteOld(age: { storedBefore: Date; rowsMax: number }): Promise<number> {
    return guarded(this.#target, () => deleteOldCacheRows(this.#pool, this.#shape, age))
  }
}

/** Outputs of program nodes, as the second tier of a node cache. */
export class NodeCacheTable extends CacheTable {
  constructor(pool: Pool, target: string) {
    super(pool, target, NODE_RESULTS)
  }
}

/** Answers of validators, as the second tier of a validation cache. */
export class ValidationCacheTable extends CacheTable {
  constructor(pool: Pool, target: string) {
    super(pool, target, VALIDATION_RESULTS)
  }
}
