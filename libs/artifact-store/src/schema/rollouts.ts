import { PROGRAM_KIND, ROLLOUT_STEPS, RolloutState, Stage } from '@torghut/contracts'
import { sql } from 'drizzle-orm'
import { check, foreignKey, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

import { instant, oneOf } from './columns.ts'
import { programArtifacts } from './program-artifacts.ts'
import { rolloutEvents } from './rollout-events.ts'

/** What each rollout stands at: its newest event. Written by a trigger alone. */
export const rollouts = pgTable(
  'rollouts',
  {
    kind: text().notNull(),
    program_name: text().notNull(),
    rollout_id: uuid().notNull(),
    seq: integer().notNull(),
    target: text().notNull(),
    base_artifact_hash: text().notNull(),
    candidate_artifact_hash: text().notNull(),
    step: text().notNull(),
    state: text().notNull(),
    started_at: instant().notNull(),
    updated_at: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.program_name, table.rollout_id] }),
    foreignKey({
      name: 'rollouts_event',
      columns: [table.kind, table.program_name, table.rollout_id, table.seq],
      foreignColumns: [rolloutEvents.kind, rolloutEvents.program_name, rolloutEvents.rollout_id, rolloutEvents.seq],
    }).onDelete('restrict'),
    foreignKey({
      name: 'rollouts_candidate',
      columns: [table.kind, table.program_name, table.candidate_artifact_hash],
      foreignColumns: [programArtifacts.kind, programArtifacts.program_name, programArtifacts.artifact_hash],
    }).onDelete('restrict'),
    check('rollouts_kind', oneOf(table.kind, [PROGRAM_KIND])),
    check('rollouts_target', oneOf(table.target, Stage.options)),
    check('rollouts_step', oneOf(table.step, ROLLOUT_STEPS)),
    check('rollouts_state', oneOf(table.state, RolloutState.options)),
    uniqueIndex('rollouts_open')
      .on(table.kind, table.program_name, table.target)
      .where(sql`${table.state} in ('running', 'paused')`),
  ],
)
