import { sql } from 'drizzle-orm'
import { check, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

import { instant, isSha256 } from './columns.ts'

/**
 * Idempotency: who is working on a key, and which review answered it. Once `review_id` is set a trigger keeps the row
 * as it is. There is no foreign key to the review, since the reviews' primary key holds their partition's month.
 */
export const reviewKeys = pgTable(
  'review_keys',
  {
    key: text().primaryKey(),
    body_hash: text().notNull(),
    owner: uuid().notNull(),
    lease_until: timestamp({ withTimezone: true, mode: 'date' }).notNull(),
    review_id: uuid(),
    created_at: instant().notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('review_keys_review_id').on(table.review_id),
    check('review_keys_key_length', sql`char_length(${table.key}) between 1 and 255`),
    check('review_keys_body_hash', isSha256(table.body_hash)),
  ],
)
