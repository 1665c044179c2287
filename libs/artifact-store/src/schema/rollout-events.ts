import { PROGRAM_KIND, ROLLOUT_STEPS, RolloutEventName, RolloutState, Stage } from '@torghut/contracts'
import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

import { bytea, instant, isSha256, oneOf } from './columns.ts'

/**
 * Every move of every rollout: who made it, why, and from where to where. Append-only. The application writes only here;
 * a trigger carries each row over to `rollouts`, so no rollout can move without its audit row.
 */
export const rolloutEvents = pgTable(
  'rollout_events',
  {
    kind: text().notNull(),
    program_name: text().notNull(),
    rollout_id: uuid().notNull(),
    seq: integer().notNull(),
    target: text().notNull(),
    base_artifact_hash: text().notNull(),
    candidate_artifact_hash: text().notNull(),
    event: text().notNull(),
    step_before: text(),
    step_after: text().notNull(),
    state_after: text().notNull(),
    actor: text().notNull(),
    reason: text().notNull(),
    evidence: bytea().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.program_name, table.rollout_id, table.seq] }),
    check('rollout_events_kind', oneOf(table.kind, [PROGRAM_KIND])),
    check('rollout_events_target', oneOf(table.target, Stage.options)),
    check('rollout_events_base', isSha256(table.base_artifact_hash)),
    check('rollout_events_candidate', isSha256(table.candidate_artifact_hash)),
    check('rollout_events_event', oneOf(table.event, RolloutEventName.options)),
    check('rollout_events_step_before', oneOf(table.step_before, ROLLOUT_STEPS)),
    check('rollout_events_step_after', oneOf(table.step_after, ROLLOUT_STEPS)),
    check('rollout_events_state', oneOf(table.state_after, RolloutState.options)),
    check('rollout_events_first', sql`(${table.event} = 'start') = (${table.seq} = 1)
        and (${table.step_before} is null) = (${table.seq} = 1)`),
    index('rollout_events_at').on(table.at),
  ],
)
