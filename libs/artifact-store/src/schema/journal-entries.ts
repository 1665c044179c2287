import { sql } from 'drizzle-orm'
import { bigint, check, pgTable, text, uuid } from 'drizzle-orm/pg-core'

import { instant, isSha256 } from './columns.ts'

/**
 * Reviews that were decided while the database was away and came out of a journal later. The primary key is what makes
 * a drain happen once: two drains of one entry collide here, also when one of them is a transaction whose client died.
 */
export const journalEntries = pgTable(
  'journal_entries',
  {
    review_id: uuid().primaryKey(),
    journal_id: uuid().notNull(),
    position: bigint({ mode: 'number' }).notNull(),
    checksum: text().notNull(),
    journalled_at: instant().notNull(),
    drained_at: instant().notNull().defaultNow(),
  },
  (table) => [
    check('journal_entries_position', sql`${table.position} >= 1`),
    check('journal_entries_checksum', isSha256(table.checksum)),
  ],
)
