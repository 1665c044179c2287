import { ControlName } from '@torghut/contracts'
import { bigint, boolean, check, index, pgTable, text } from 'drizzle-orm/pg-core'

import { instant, oneOf } from './columns.ts'

/**
 * Every setting of a control there ever was: who set it, why, and until when. Append-only. The application writes only
 * here; a trigger carries each row over to `runtime_controls`, so no control can change without its audit row.
 */
export const runtimeControlEvents = pgTable(
  'runtime_control_events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    symbol: text(),
    strategy_id: text(),
    value: boolean().notNull(),
    actor: text().notNull(),
    reason: text().notNull(),
    expires_at: instant(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [
    check('runtime_control_events_name', oneOf(table.name, ControlName.options)),
    index('runtime_control_events_name_at').on(table.name, table.at),
  ],
)
