import type { Pool } from 'pg'

/** One cached value with what it can be invalidated by, as a cache of programs hands it over. */
export interface CacheRow {
  key: string
  /** Canonical JSON. */
  text: string
  tags: CacheRowTags
  /** Milliseconds since 1970. */
  storedAtMs: number
}

export interface CacheRowTags {
  scope: string
  subject: string
  version: string
}

/** A table that caches values: which of its columns hold them and their tags. */
export interface CacheTableShape {
  table: string
  value: string
  tags: Readonly<Record<keyof CacheRowTags, string>>
}

/** The cached value of a key; whether it is still fresh is for the reader to say. */
export async function findOptionalCacheRow(
  pool: Pool,
  { table, value, tags }: CacheTableShape,
  key: string,
): Promise<CacheRow | undefined> {
  const { rows } = await pool.query<StoredRow>(
    `SELECT ${value} AS value, ${tags.scope} AS scope, ${tags.subject} AS subject, ${tags.version} AS version, stored_at
     FROM ${table} WHERE key = $1`,
    [key],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const { value: bytes, scope, subject, version, stored_at: storedAt } = row
  return { key, text: bytes.toString('utf8'), tags: { scope, subject, version }, storedAtMs: storedAt.getTime() }
}

/** Keeps a value; of two writers of one key the later computation stays. */
export async function saveCacheRow(
  pool: Pool,
  { table, value, tags }: CacheTableShape,
  { key, text, tags: { scope, subject, version }, storedAtMs }: CacheRow,
): Promise<void> {
  await pool.query(
    `INSERT INTO ${table} AS kept (key, ${tags.scope}, ${tags.subject}, ${tags.version}, ${value}, stored_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (key) DO UPDATE SET ${value} = EXCLUDED.${value}, stored_at = EXCLUDED.stored_at
     WHERE kept.stored_at < EXCLUDED.stored_at`,
    [key, scope, subject, version, Buffer.from(text), new Date(storedAtMs)],
  )
}

/** Removes the values with all the tags that are named, all values when none is; returns how many. */
export async function deleteCacheRows(
  pool: Pool,
  { table, tags }: CacheTableShape,
  filter: Partial<CacheRowTags>,
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM ${table}
     WHERE ($1::text IS NULL OR ${tags.scope} = $1) AND ($2::text IS NULL OR ${tags.subject} = $2)
       AND ($3::text IS NULL OR ${tags.version} = $3)`,
    [filter.scope ?? null, filter.subject ?? null, filter.version ?? null],
  )
  return rowCount ?? 0
}

/** Removes up to `rowsMax` values stored before an instant, oldest first; returns how many. */
export async function deleteOldCacheRows(
  pool: Pool,
  { table }: CacheTableShape,
  { storedBefore, rowsMax }: { storedBefore: Date; rowsMax: number },
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM ${table} WHERE key IN (
       SELECT key FROM ${table} WHERE stored_at < $1 ORDER BY stored_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [storedBefore, rowsMax],
  )
  return rowCount ?? 0
}

interface StoredRow extends CacheRowTags {
  value: Buffer
  stored_at: Date
}
