import { sql } from 'drizzle-orm'
import { check, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'

import { instant, oneOf } from './columns.ts'

/**
 * Circuit breakers as all replicas share them: one row a key, changed under its lock. The one table of reviews whose rows
 * change: it steers calls of the next minutes, and what it did to a review is told in that review's own row.
 */
export const breakerStates = pgTable(
  'breaker_states',
  {
    key: text().primaryKey(),
    state: text().notNull().default('closed'),
    opened_at: instant(),
    open_until: instant(),
    probe_owner: uuid(),
    probe_until: instant(),
    counts: jsonb().notNull().default({ buckets: [], streak: [] }),
    updated_at: instant().notNull().defaultNow(),
  },
  (table) => [
    check('breaker_states_state', oneOf(table.state, ['closed', 'open'])),
    check(
      'breaker_states_open',
      sql`(${table.state} = 'open') = (${table.open_until} is not null)
        and (${table.opened_at} is null) = (${table.open_until} is null)`,
    ),
    check(
      'breaker_states_probe',
      sql`(${table.probe_owner} is null) = (${table.probe_until} is null)
        and (${table.probe_owner} is null or ${table.state} = 'open')`,
    ),
    check('breaker_states_key', sql`char_length(${table.key}) between 1 and 512`),
  ],
)
