import { sql } from 'drizzle-orm'
import { bigint, check, pgTable, text } from 'drizzle-orm/pg-core'

import { instant, isSha256 } from './columns.ts'

/** Months of reviews that were moved to files: what to look for when their rows are missed. Proves nothing by itself. */
export const auditArchives = pgTable(
  'audit_archives',
  {
    month: text().primaryKey(),
    row_count: bigint({ mode: 'number' }).notNull(),
    manifest_hash: text().notNull(),
    archived_at: instant().notNull().defaultNow(),
  },
  (table) => [
    check('audit_archives_month', sql`${table.month} ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`),
    check('audit_archives_row_count', sql`${table.row_count} >= 0`),
    check('audit_archives_manifest_hash', isSha256(table.manifest_hash)),
  ],
)
