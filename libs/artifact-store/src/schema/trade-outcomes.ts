import { sql } from 'drizzle-orm'
import { check, index, jsonb, numeric, pgTable, text, uuid } from 'drizzle-orm/pg-core'

import { bytea, instant, oneOf } from './columns.ts'
import { tradeDecisions } from './trade-decisions.ts'

const fraction = () => numeric({ precision: 28, scale: 8 })

/** What decisions earned later, as it was reported; figures are fractions of entry notional. */
export const tradeOutcomes = pgTable(
  'trade_outcomes',
  {
    outcome_id: uuid().primaryKey(),
    trade_decision_id: uuid()
      .notNull()
      .references(() => tradeDecisions.id, { onDelete: 'restrict' }),
    kind: text().notNull(),
    horizon: text().notNull(),
    entry_price: fraction().notNull(),
    entry_at: instant().notNull(),
    exit_price: fraction().notNull(),
    exit_at: instant().notNull(),
    gross: fraction().notNull(),
    costs: jsonb().notNull(),
    net: fraction().notNull(),
    price_source: text().notNull(),
    event_at: instant().notNull(),
    known_at: instant().notNull(),
    bytes: bytea().notNull(),
    created_at: instant().notNull().defaultNow(),
  },
  (table) => [
    check('trade_outcomes_kind', oneOf(table.kind, ['realised', 'counterfactual'])),
    check(
      'trade_outcomes_order',
      sql`${table.entry_at} <= ${table.exit_at} and ${table.event_at} <= ${table.known_at}`,
    ),
    index('trade_outcomes_trade_decision_id').on(table.trade_decision_id),
    index('trade_outcomes_known_at').on(table.known_at),
  ],
)
