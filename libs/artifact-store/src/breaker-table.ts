import type { Pool } from 'pg'

import { guarded } from './connection.ts'
import { changeBreaker, takeBreakerProbe } from './queries/breaker-states.ts'
import type { BreakerChange, StoredBreaker } from './queries/breaker-states.ts'

/**
 * The breakers all replicas share. It has connections of its own, and few: a slow breaker table may never hold up what
 * reviews wait for. Every method throws `StoreUnavailableError` when the database is away or slower than the pool allows.
 */
export class BreakerTable {
  readonly #pool: Pool
  readonly #target: string

  constructor(pool: Pool, target: string) {
    this.#pool = pool
    this.#target = target
  }

  /** Changes a breaker under its lock, on the database's clock, and tells the other replicas when it opens or closes. */
  change(key: string, change: BreakerChange): Promise<StoredBreaker> {
    return guarded(this.#target, () => changeBreaker(this.#pool, key, change))
  }

  /** Takes the one probe of a half-open breaker; `undefined` when nobody ever reported on the key. */
  takeProbe(probe: { key: string; owner: string; leaseMs: number }) {
    return guarded(this.#target, () => takeBreakerProbe(this.#pool, probe))
  }
}
