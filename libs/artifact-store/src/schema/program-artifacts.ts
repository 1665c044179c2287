import { check, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

import { bytea, instant, isHashOf } from './columns.ts'

/** Runnable programs by content: the name of an artifact is the hash of its bytes, and the database checks it. */
export const programArtifacts = pgTable(
  'program_artifacts',
  {
    kind: text().notNull(),
    program_name: text().notNull(),
    artifact_hash: text().notNull(),
    bytes: bytea().notNull(),
    created_at: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.program_name, table.artifact_hash] }),
    check('program_artifacts_hash', isHashOf(table.artifact_hash, table.bytes)),
  ],
)
