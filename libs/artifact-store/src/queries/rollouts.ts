import { PROGRAM_KIND, Rollout, RolloutEvent, canonicalJson } from '@torghut/contracts'
import type { RolloutEventName, RolloutStep, RolloutState, Stage } from '@torghut/contracts'
import { and, asc, desc, eq, inArray, notInArray } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Client, Pool } from 'pg'
import { DatabaseError } from 'pg'

import { toStoreError } from '../connection.ts'
import { RolloutMovedError } from '../errors.ts'
import { rolloutEvents } from '../schema/rollout-events.ts'
import { rollouts } from '../schema/rollouts.ts'
import { listDeniedHashes } from './denylist.ts'

/** Where triggers announce every move of a rollout and every denial. */
export const ROLLOUTS_CHANNEL = 'torghut_rollouts'

/** Most events of one rollout that are read: a rollout of six steps that has more is looked at in the database. */
const EVENTS_MAX = 500

/** SQLSTATEs of a move that somebody else's move came before: unique violation, and the trigger's own. */
const MOVED_STATES = ['23505', 'TG003']

/** A rollout and the number of its newest event; the next one must follow it. */
export type StoredRollout = Rollout & { seq: number }

/** Whose rollouts: the program, and the targets that a process of one trading mode may serve. */
export interface RolloutScope {
  programName: string
  targets: readonly Stage[]
}

/** What decides which artifact a decision gets. */
export interface Routing {
  rollout: StoredRollout | null
  deniedHashes: string[]
}

/** A move as it is to be recorded; the database gives it its time. */
export interface RolloutEntry {
  rollout: Pick<Rollout, 'rollout_id' | 'program_name' | 'target' | 'base_artifact_hash' | 'candidate_artifact_hash'>
  seq: number
  event: RolloutEventName
  stepBefore: RolloutStep | null
  stepAfter: RolloutStep
  stateAfter: RolloutState
  actor: string
  reason: string
  evidence?: Record<string, unknown>
}

/** The rollout in force, the newest that did not end badly, and every denied artifact of the program. */
export async function readRouting(client: Pool | Client, { programName, targets }: RolloutScope): Promise<Routing> {
  const rows = await drizzle({ client })
    .select()
    .from(rollouts)
    .where(
      and(
        eq(rollouts.kind, PROGRAM_KIND),
        eq(rollouts.program_name, programName),
        inArray(rollouts.target, [...targets]),
        notInArray(rollouts.state, ['aborted', 'rolled_back']),
      ),
    )
    .orderBy(desc(rollouts.started_at), desc(rollouts.rollout_id))
    .limit(1)
  const deniedHashes = await listDeniedHashes(client, programName)
  return { rollout: rows[0] === undefined ? null : toRollout(rows[0]), deniedHashes }
}

/** The newest rollout of a program and targets, ended ones included. */
export async function findOptionalLastRollout(pool: Pool, { programName, targets }: RolloutScope): Promise<StoredRollout | undefined> {
  const { kind, program_name, target, started_at, rollout_id } = rollouts
  const [row] = await drizzle({ client: pool })
    .select()
    .from(rollouts)
    .where(and(eq(kind, PROGRAM_KIND), eq(program_name, programName), inArray(target, [...targets])))
    .orderBy(desc(started_at), desc(rollout_id))
    .limit(1)
  return row === undefined ? undefined : toRollout(row)
}

/** The events of one rollout, oldest first. */
export async function listRolloutEvents(pool: Pool, rolloutId: string): Promise<RolloutEvent[]> {
  const rows = await drizzle({ client: pool })
    .select()
    .from(rolloutEvents)
    .where(eq(rolloutEvents.rollout_id, rolloutId))
    .orderBy(asc(rolloutEvents.seq))
    .limit(EVENTS_MAX)
  return rows.map(toEvent)
}

/**
 * Records a move, and with it moves the rollout. Throws `RolloutMovedError` when the rollout is not where the move
 * begins, or another one of the same program and target is open.
 */
export async function appendRolloutEvent(pool: Pool, entry: RolloutEntry): Promise<RolloutEvent> {
  const { rollout, seq, event, stepBefore, stepAfter, stateAfter, actor, reason, evidence = {} } = entry
  const { rollout_id, program_name, target, base_artifact_hash, candidate_artifact_hash } = rollout
  const written = { kind: PROGRAM_KIND, program_name, rollout_id, target, base_artifact_hash, candidate_artifact_hash }
  const moved = { seq, event, step_before: stepBefore, step_after: stepAfter, state_after: stateAfter }
  const said = { actor, reason, evidence: Buffer.from(canonicalJson(evidence)) }
  try {
    const [row] = await drizzle({ client: pool })
      .insert(rolloutEvents)
      .values({ ...written, ...moved, ...said })
      .returning()
    if (row === undefined) throw new TypeError('The move left no event')
    return toEvent(row)
  } catch (error) {
    const cause = toStoreError('', error)
    if (cause instanceof DatabaseError && MOVED_STATES.includes(cause.code ?? '')) {
      throw new RolloutMovedError(rollout_id, { cause })
    }
    throw error
  }
}

function toRollout({ seq, started_at: startedAt, updated_at: updatedAt, ...row }: typeof rollouts.$inferSelect): StoredRollout {
  const rollout = Rollout.parse({ ...row, started_at: startedAt.toISOString(), updated_at: updatedAt.toISOString() })
  return { ...rollout, seq }
}

function toEvent(row: typeof rolloutEvents.$inferSelect): RolloutEvent {
  return RolloutEvent.parse({
    schema_version: 'torghut.rollout-event.v1',
    rollout_id: row.rollout_id,
    seq: row.seq,
    event: row.event,
    step_before: row.step_before,
    step_after: row.step_after,
    state_after: row.state_after,
    actor: row.actor,
    reason: row.reason,
    evidence: JSON.parse(row.evidence.toString('utf8')),
    event_at: row.at.toISOString(),
  })
}
