import { sql } from 'drizzle-orm'
import { bigint, check, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

import { auditWriters } from './audit-writers.ts'
import { instant, isSha256 } from './columns.ts'

/**
 * One committed flush of a writer. Its primary key is what makes `(writer_id, seq)` unique: reviews are partitioned by
 * month and cannot carry that constraint, but two flushes that start from the same chain head collide here, also when
 * one of them is a transaction whose client gave up on it.
 */
export const auditBatches = pgTable(
  'audit_batches',
  {
    writer_id: uuid()
      .notNull()
      .references(() => auditWriters.writer_id, { onDelete: 'restrict' }),
    first_seq: bigint({ mode: 'number' }).notNull(),
    last_seq: bigint({ mode: 'number' }).notNull(),
    last_row_hash: text().notNull(),
    created_at: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.writer_id, table.first_seq] }),
    check('audit_batches_range', sql`${table.first_seq} >= 1 and ${table.last_seq} >= ${table.first_seq}`),
    check('audit_batches_last_row_hash', isSha256(table.last_row_hash)),
  ],
)
