import { sql } from 'drizzle-orm'
import { check, index, pgTable, text } from 'drizzle-orm/pg-core'

import { bytea, instant, isSha256 } from './columns.ts'

/** The second tier of the node cache: outputs of nodes by everything they depend on. Rows may go at any time. */
export const nodeResults = pgTable(
  'node_results',
  {
    key: text().primaryKey(),
    program_name: text().notNull(),
    node_id: text().notNull(),
    node_version: text().notNull(),
    output: bytea().notNull(),
    stored_at: instant().notNull(),
  },
  (table) => [
    check('node_results_key', isSha256(table.key)),
    check('node_results_output', sql`octet_length(${table.output}) <= 1048576`),
    index('node_results_tags').on(table.program_name, table.node_id, table.node_version),
    index('node_results_stored_at').on(table.stored_at),
  ],
)
