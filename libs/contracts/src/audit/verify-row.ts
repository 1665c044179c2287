import { sha256Hex } from '../canonical/canonical-json.ts'
import type { AuditRow } from './audit-row.ts'
import { deriveColumns } from './derived-columns.ts'
import type { DerivedColumns } from './derived-columns.ts'
import { chainRowHash } from './row-hash.ts'

/**
 * What is wrong inside a row: its bytes (`request_hash`, `record_hash`), the hash over it all (`row_hash`), bytes that
 * are no review (`unreadable`), or a column that does not repeat the bytes (`column`, with its name).
 */
export interface RowFault {
  fault: 'request_hash' | 'record_hash' | 'row_hash' | 'unreadable' | 'column'
  column: string | null
}

/** The first fault of a row by itself, or null. Its place in the chain is for whoever reads the rows in order. */
export function verifyRow(row: AuditRow): RowFault | null {
  if (row.request_hash !== hashOf(row.request_bytes)) return { fault: 'request_hash', column: null }
  if (row.record_hash !== hashOf(row.response_bytes)) return { fault: 'record_hash', column: null }
  if (row.row_hash !== chainRowHash(row)) return { fault: 'row_hash', column: null }
  return verifyColumns(row)
}

/** Bytes may be gone where somebody took the columns' NOT NULL away; then they have no hash. */
function hashOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : sha256Hex(bytes)
}

function verifyColumns(row: AuditRow): RowFault | null {
  const derived = readColumns(row)
  if (derived === null) return { fault: 'unreadable', column: null }
  for (const name of Object.keys(derived) as (keyof DerivedColumns)[]) {
    if (!isSame(row[name], derived[name])) return { fault: 'column', column: name }
  }
  return null
}

/**
 * Only the columns are read out of the bytes, without a schema: the hashes have shown that these are the bytes
 * the writer stored, and whether they are a valid review is for a replay to say.
 */
function readColumns(row: AuditRow): DerivedColumns | null {
  try {
    return deriveColumns(parseJson(row.request_bytes), parseJson(row.response_bytes))
  } catch {
    return null
  }
}

function parseJson<T>(bytes: Uint8Array): T {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return JSON.parse(text) as T
}

function isSame(stored: unknown, derived: unknown): boolean {
  if (derived === null || typeof derived !== 'object') return stored === derived
  if (derived instanceof Date) return stored instanceof Date && stored.getTime() === derived.getTime()
  return JSON.stringify(stored) === JSON.stringify(derived)
}
