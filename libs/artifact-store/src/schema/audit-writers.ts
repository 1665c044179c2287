import { check, pgTable, text, uuid } from 'drizzle-orm/pg-core'

import { instant, isSha256 } from './columns.ts'

/** One process that wrote reviews: the start of its hash chain. Names no host and no path. */
export const auditWriters = pgTable(
  'audit_writers',
  {
    writer_id: uuid().primaryKey(),
    engine_version: text().notNull(),
    started_at: instant().notNull(),
    genesis_hash: text().notNull(),
  },
  (table) => [check('audit_writers_genesis_hash', isSha256(table.genesis_hash))],
)
