import { sql } from 'drizzle-orm'
import { check, index, pgTable, text } from 'drizzle-orm/pg-core'

import { bytea, instant, isSha256 } from './columns.ts'

/** The second tier of the validation cache: what validators said about what. Rows may go at any time. */
export const validationResults = pgTable(
  'validation_results',
  {
    key: text().primaryKey(),
    schema_hash: text().notNull(),
    validator_id: text().notNull(),
    validator_version: text().notNull(),
    result: bytea().notNull(),
    stored_at: instant().notNull(),
  },
  (table) => [
    check('validation_results_key', isSha256(table.key)),
    check('validation_results_result', sql`octet_length(${table.result}) <= 1048576`),
    index('validation_results_tags').on(table.validator_id, table.validator_version),
    index('validation_results_stored_at').on(table.stored_at),
  ],
)
