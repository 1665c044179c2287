import type { Pool } from 'pg'

import { guarded } from './connection.ts'
import {
  deleteCheckpoints,
  deleteOldCheckpoints,
  listCheckpoints,
  saveCheckpoint,
  toCheckpointRow,
} from './queries/program-runs.ts'
import type { StoredCheckpoint } from './queries/program-runs.ts'

/**
 * The finished nodes of runs that may be resumed after a crash. What `save` returned is on disk. Every method throws
 * `StoreUnavailableError` when the database is away.
 */
export class RunCheckpointTable {
  readonly #pool: Pool
  readonly #target: string

  /** The pool has to commit synchronously. */
  constructor(pool: Pool, target: string) {
    this.#pool = pool
    this.#target = target
  }

  /** Every node the run finished, by node id; none for a run nobody saved. */
  load(runId: string): Promise<StoredCheckpoint[]> {
    return guarded(this.#target, () => listCheckpoints(this.#pool, runId))
  }

  /** Keeps a finished node and returns what stands: of the same work what was saved first, of other work the new. */
  async save(checkpoint: StoredCheckpoint): Promise<StoredCheckpoint> {
    // Outside the guard: a value that JSON cannot hold is the caller's mistake, not a database that is away.
    const row = toCheckpointRow(checkpoint)
    return await guarded(this.#target, () => saveCheckpoint(this.#pool, row))
  }

  /** Forgets a run that needs no resuming any more; returns how many nodes it had. */
  forget(runId: string): Promise<number> {
    return guarded(this.#target, () => deleteCheckpoints(this.#pool, runId))
  }

  /** Forgets up to `rowsMax` nodes saved before an instant and returns how many: of runs nobody will resume. */
  deleteOld(age: { savedBefore: Date; rowsMax: number }): Promise<number> {
    return guarded(this.#target, () => deleteOldCheckpoints(this.#pool, age))
  }
}
