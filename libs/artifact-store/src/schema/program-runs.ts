import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

import { bytea, instant, isSha256 } from './columns.ts'

/** Runs of programs that may be resumed, one row a finished node. What such a run led to is told elsewhere. */
export const programRuns = pgTable(
  'program_runs',
  {
    run_id: text().notNull(),
    node_id: text().notNull(),
    node_version: text().notNull(),
    input_hash: text().notNull(),
    output: bytea().notNull(),
    trace: bytea().notNull(),
    revision: integer().notNull().default(1),
    created_at: instant().notNull().defaultNow(),
    saved_at: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.run_id, table.node_id] }),
    check('program_runs_run_id', sql`char_length(${table.run_id}) between 1 and 200`),
    check('program_runs_input_hash', isSha256(table.input_hash)),
    check('program_runs_size', sql`octet_length(${table.output}) + octet_length(${table.trace}) <= 8388608`),
    index('program_runs_saved_at').on(table.saved_at),
  ],
)
