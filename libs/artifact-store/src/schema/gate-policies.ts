import { check, pgTable, text } from 'drizzle-orm/pg-core'

import { bytea, instant, isHashOf } from './columns.ts'

/** Every gate policy that ever judged a review, by the hash of its canonical JSON. */
export const gatePolicies = pgTable(
  'gate_policies',
  {
    policy_hash: text().primaryKey(),
    bytes: bytea().notNull(),
    created_at: instant().notNull().defaultNow(),
  },
  (table) => [check('gate_policies_hash', isHashOf(table.policy_hash, table.bytes))],
)
