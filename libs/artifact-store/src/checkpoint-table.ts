import type { Pool, PoolClient } from 'pg'

import { guarded } from './connection.ts'
import {
  findCompleteCheckpoint,
  insertCheckpoint,
  listCheckpointsAfter,
  readCheckpointAge,
  readHeads,
  readMoments,
  takeCheckpointTurn,
} from './queries/audit-checkpoints.ts'
import type { NewCheckpoint, StoredHead } from './queries/audit-checkpoints.ts'
import { AUDIT_LOGS, readLogRows } from './queries/audit-logs.ts'
import type { AuditLogName, AuditLogRow } from './queries/audit-logs.ts'
import type { AuditCheckpoint } from './reading/audit-reader.ts'

/** One replica's turn to sign: everything it needs, read in the transaction that will hold the checkpoint. */
export interface CheckpointTurn {
  /** How old the newest checkpoint is; null when there is none. */
  ageMs(): Promise<number | null>
  /** Where to begin reading checkpoints when none was read yet. */
  firstNumber(every: number): Promise<number>
  checkpointsAfter(number: number): Promise<AuditCheckpoint[]>
  heads(): Promise<StoredHead[]>
  /** Now, and a moment before which every row of a log is surely committed. */
  moments(settleMs: number): Promise<{ now: string; settled: string }>
  readonly logs: readonly AuditLogName[]
  logRows(table: AuditLogName, range: { after?: string; until: string }): AsyncGenerator<AuditLogRow>
  save(checkpoint: NewCheckpoint): Promise<void>
}

/** The signed checkpoints, written by one replica at a time. */
export class CheckpointTable {
  readonly #pool: Pool
  readonly #target: string

  constructor(pool: Pool, target: string) {
    this.#pool = pool
    this.#target = target
  }

  /**
   * Runs `work` while no other replica can sign, and commits what it saved; undefined when another one has the turn.
   * Throws `StoreUnavailableError` and what `work` throws.
   */
  async take<T>(work: (turn: CheckpointTurn) => Promise<T>): Promise<T | undefined> {
    return guarded(this.#target, async () => {
      const client = await this.#pool.connect()
      try {
        // Every statement sees what was committed before it: the heads are read after the turn was won.
        await client.query('BEGIN')
        const result = (await takeCheckpointTurn(client)) ? await work(turnOn(client)) : undefined
        await client.query('COMMIT')
        client.release()
        return result
      } catch (error) {
        // A connection in an unknown state is thrown away, and the lock and the transaction with it.
        client.release(true)
        throw error
      }
    })
  }
}

function turnOn(client: PoolClient): CheckpointTurn {
  return {
    ageMs: () => readCheckpointAge(client),
    firstNumber: (every) => findCompleteCheckpoint(client, every),
    checkpointsAfter: (number) => listCheckpointsAfter(client, number),
    heads: () => readHeads(client),
    moments: (settleMs) => readMoments(client, settleMs),
    logs: Object.keys(AUDIT_LOGS) as AuditLogName[],
    logRows: (table, range) => readLogRows(client, table, range),
    save: (checkpoint) => insertCheckpoint(client, checkpoint),
  }
}
