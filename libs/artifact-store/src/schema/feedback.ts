import { AdviceVerdict } from '@torghut/contracts'
import { sql } from 'drizzle-orm'
import { check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'

import { bytea, instant, oneOf } from './columns.ts'
import { tradeDecisions } from './trade-decisions.ts'

/** What people and desk rules said a decision should have been answered with. */
export const feedback = pgTable(
  'feedback',
  {
    feedback_id: uuid().primaryKey(),
    trade_decision_id: uuid()
      .notNull()
      .references(() => tradeDecisions.id, { onDelete: 'restrict' }),
    source_kind: text().notNull(),
    source_id: text().notNull(),
    label: text().notNull(),
    reason: text().notNull(),
    known_at: instant().notNull(),
    bytes: bytea().notNull(),
    created_at: instant().notNull().defaultNow(),
  },
  (table) => [
    check('feedback_source_kind', oneOf(table.source_kind, ['person', 'desk_rule'])),
    check('feedback_label', oneOf(table.label, AdviceVerdict.options)),
    check('feedback_reason', sql`char_length(${table.reason}) <= 500`),
    index('feedback_trade_decision_id').on(table.trade_decision_id),
    index('feedback_known_at').on(table.known_at),
  ],
)
