import { canonicalJson } from '@torghut/contracts'
import type { AuditRow } from '@torghut/contracts'

/** A row as one line of a bundle: its columns as JSON, instants as ISO text, bytes as base64. */
export function rowToLine(row: AuditRow): string {
  const members = Object.entries(row).map(([name, value]) => [name, toJson(value)])
  return canonicalJson(Object.fromEntries(members))
}

/** The row of a line. Columns are taken as they stand, since verifying them is what a line is read for. */
export function rowFromLine(line: string): AuditRow {
  const members = Object.entries(JSON.parse(line) as Record<string, unknown>).map(([name, value]) => [
    name,
    fromJson(name, value),
  ])
  return Object.fromEntries(members) as AuditRow
}

function toJson(value: unknown): unknown {
  if (value instanceof Date) return JSON.stringify(value).replaceAll('"', '')
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  return value
}

function fromJson(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (name.endsWith('_bytes')) return Buffer.from(value, 'base64')
  return INSTANTS.has(name) ? new Date(value) : value
}

const INSTANTS: ReadonlySet<string> = new Set<keyof AuditRow>([
  'event_at',
  'known_at',
  'reviewed_at',
  'valid_until',
  'created_at',
])
