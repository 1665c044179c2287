import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { customType, timestamp } from 'drizzle-orm/pg-core'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'

/** Raw bytes. What is hashed is stored as it was hashed, never as jsonb, which would reorder and reformat it. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** An instant at millisecond precision: a JavaScript date reads it back unchanged, so row hashes can cover it. */
export function instant() {
  return timestamp({ withTimezone: true, precision: 3, mode: 'date' })
}

/** A CHECK that a column holds one of a closed list of words, as the contracts spell them. */
export function oneOf(column: AnyPgColumn, words: readonly string[]): SQL {
  const list = words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')
  return sql`${column} in (${sql.raw(list)})`
}

/** A CHECK that a column is a SHA-256 in lower-case hex. */
export function isSha256(column: AnyPgColumn): SQL {
  return sql`${column} ~ '^[0-9a-f]{64}$'`
}

/** A CHECK that a column is the SHA-256 of another column's bytes. */
export function isHashOf(hash: AnyPgColumn, bytes: AnyPgColumn): SQL {
  return sql`${hash} = encode(sha256(${bytes}), 'hex')`
}
