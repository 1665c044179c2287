import type { ClientBase } from 'pg'

/** A row as JSON: instants are ISO text with milliseconds, bytes are base64. */
export type AuditLogRow = Readonly<Record<string, string | number | boolean | null>>

/**
 * Append-only tables beside the reviews whose rows checkpoints cover, with the order they are hashed in: the time of
 * writing first, so that later rows never come between earlier ones.
 */
export const AUDIT_LOGS = {
  denylist_events: 'at, id',
  rollout_events: 'at, kind, program_name, rollout_id, seq',
  runtime_control_events: 'at, id',
} as const satisfies Record<string, string>

export type AuditLogName = keyof typeof AUDIT_LOGS

/** Rows read at a time. */
const PAGE_ROWS = 1_000

/** The rows of a table written after one moment and up to another, in their order. */
export async function* readLogRows(
  client: ClientBase,
  table: AuditLogName,
  { after, until }: { after?: string; until?: string } = {},
): AsyncGenerator<AuditLogRow> {
  const text = `SELECT * FROM ${table} WHERE at > $1 AND at <= $2 ORDER BY ${AUDIT_LOGS[table]} OFFSET $3 LIMIT ${PAGE_ROWS}`
  for (let offset = 0; ; offset += PAGE_ROWS) {
    const { rows } = await client.query(text, [after ?? '-infinity', until ?? 'infinity', offset])
    for (const row of rows) yield toLogRow(row)
    if (rows.length < PAGE_ROWS) return
  }
}

function toLogRow(row: Record<string, unknown>): AuditLogRow {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, toJson(column, value)]))
}

/** The driver gives a bigint as text; ours stay far below 2^53. */
function toJson(column: string, value: unknown): string | number | boolean | null {
  if (value instanceof Date) return value.toISOString()
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (column === 'id') return Number(value)
  // The driver's form of an infinite instant, which only a forger would write; JSON has none.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return value as string | number | boolean | null
}
