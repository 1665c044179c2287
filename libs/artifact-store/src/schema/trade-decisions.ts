import { TradeAction } from '@torghut/contracts'
import { check, numeric, pgTable, text, uuid } from 'drizzle-orm/pg-core'

import { instant, oneOf } from './columns.ts'

/** What a strategy wanted to do; written with the first review of it, never changed. */
export const tradeDecisions = pgTable(
  'trade_decisions',
  {
    id: uuid().primaryKey(),
    strategy_id: text().notNull(),
    symbol: text().notNull(),
    action: text().notNull(),
    qty: numeric({ precision: 28, scale: 8 }).notNull(),
    event_at: instant().notNull(),
    known_at: instant().notNull(),
    created_at: instant().notNull().defaultNow(),
  },
  (table) => [check('trade_decisions_action', oneOf(table.action, TradeAction.options))],
)
