import { DenylistEntry, PROGRAM_KIND } from '@torghut/contracts'
import { bigint, boolean, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'

import { instant, isSha256, oneOf } from './columns.ts'

/**
 * Artifacts that were denied, and denials that a person cleared. Append-only: of an artifact the newest row counts. A
 * rollback denies its candidate through a trigger, so that no one can forget to.
 */
export const denylistEvents = pgTable(
  'denylist_events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text().notNull(),
    program_name: text().notNull(),
    artifact_hash: text().notNull(),
    denied: boolean().notNull(),
    source: text().notNull(),
    rollout_id: uuid(),
    actor: text().notNull(),
    reason: text().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [
    check('denylist_events_kind', oneOf(table.kind, [PROGRAM_KIND])),
    check('denylist_events_hash', isSha256(table.artifact_hash)),
    check('denylist_events_source', oneOf(table.source, DenylistEntry.shape.source.options)),
    index('denylist_events_artifact').on(table.kind, table.program_name, table.artifact_hash, table.id),
  ],
)
