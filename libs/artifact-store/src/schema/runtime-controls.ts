import { ControlName } from '@torghut/contracts'
import { bigint, boolean, check, pgTable, text, unique } from 'drizzle-orm/pg-core'

import { instant, oneOf } from './columns.ts'
import { runtimeControlEvents } from './runtime-control-events.ts'

/** What each control stands at now: the newest event of its name and scope. Written by a trigger alone. */
export const runtimeControls = pgTable(
  'runtime_controls',
  {
    name: text().notNull(),
    symbol: text(),
    strategy_id: text(),
    value: boolean().notNull(),
    actor: text().notNull(),
    reason: text().notNull(),
    expires_at: instant(),
    set_at: instant().notNull(),
    event_id: bigint({ mode: 'number' })
      .notNull()
      .references(() => runtimeControlEvents.id, { onDelete: 'restrict' }),
  },
  (table) => [
    check('runtime_controls_name', oneOf(table.name, ControlName.options)),
    unique('runtime_controls_scope').on(table.name, table.symbol, table.strategy_id).nullsNotDistinct(),
  ],
)
