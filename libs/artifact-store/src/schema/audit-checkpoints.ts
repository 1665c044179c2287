import { sql } from 'drizzle-orm'
import { bigint, check, pgTable, text, unique } from 'drizzle-orm/pg-core'

import { bytea, instant, isHashOf, isSha256 } from './columns.ts'

/** Signed statements of where every chain ended at one moment, each naming the one before; signed outside the database. */
export const auditCheckpoints = pgTable(
  'audit_checkpoints',
  {
    number: bigint({ mode: 'number' }).primaryKey(),
    taken_at: instant().notNull(),
    previous_hash: text().notNull(),
    hash: text().notNull(),
    key_id: text().notNull(),
    bytes: bytea().notNull(),
    signature: bytea().notNull(),
    created_at: instant().notNull().defaultNow(),
  },
  (table) => [
    unique('audit_checkpoints_previous').on(table.previous_hash),
    check('audit_checkpoints_number', sql`${table.number} >= 1`),
    check('audit_checkpoints_previous_hash', isSha256(table.previous_hash)),
    check('audit_checkpoints_key_id', isSha256(table.key_id)),
    check('audit_checkpoints_hash', isHashOf(table.hash, table.bytes)),
    check('audit_checkpoints_signature', sql`octet_length(${table.signature}) = 64`),
  ],
)
