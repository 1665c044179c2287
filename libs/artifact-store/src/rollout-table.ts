import type { DenylistEntry, RolloutEvent } from '@torghut/contracts'
import type { Pool } from 'pg'

import { guarded } from './connection.ts'
import { listDenylist, saveDenial } from './queries/denylist.ts'
import type { DenialEntry } from './queries/denylist.ts'
import { appendRolloutEvent, findOptionalLastRollout, listRolloutEvents } from './queries/rollouts.ts'
import type { RolloutEntry, RolloutScope, StoredRollout } from './queries/rollouts.ts'

/** Rollouts, their events, and what may never be served. Every method throws `StoreUnavailableError`. */
export class RolloutTable {
  readonly #pool: Pool
  readonly #target: string

  constructor(pool: Pool, target: string) {
    this.#pool = pool
    this.#target = target
  }

  /** The newest rollout, open or ended. */
  findOptionalLast(scope: RolloutScope): Promise<StoredRollout | undefined> {
    return guarded(this.#target, () => findOptionalLastRollout(this.#pool, scope))
  }

  /** Oldest first. */
  listEvents(rolloutId: string): Promise<RolloutEvent[]> {
    return guarded(this.#target, () => listRolloutEvents(this.#pool, rolloutId))
  }

  /** Records a move and makes it. Throws `RolloutMovedError` when somebody else's move came first. */
  append(entry: RolloutEntry): Promise<RolloutEvent> {
    return guarded(this.#target, () => appendRolloutEvent(this.#pool, entry))
  }

  /** Every denial there ever was, newest first. */
  listDenylist(programName: string): Promise<DenylistEntry[]> {
    return guarded(this.#target, () => listDenylist(this.#pool, programName))
  }

  /** Denies an artifact, or clears its denial. */
  saveDenial(entry: DenialEntry): Promise<void> {
    return guarded(this.#target, () => saveDenial(this.#pool, entry))
  }
}
