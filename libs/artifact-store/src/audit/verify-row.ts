import { ReviewRecord, ReviewSubmission, sha256Hex } from '@torghut/contracts'

import { chainRowHash } from './chain-row-hash.ts'
import { deriveColumns } from './review-row.ts'
import type { ReviewRow } from './review-row.ts'

/**
 * What is wrong with a row: its place (`gap`, `prev_hash`), its bytes (`request_hash`, `record_hash`, `unreadable`), a
 * column that does not repeat the bytes (`column`), or the hash over it all (`row_hash`).
 */
export type ChainFault = 'gap' | 'prev_hash' | 'request_hash' | 'record_hash' | 'unreadable' | 'column' | 'row_hash'

/** The first fault of a row that should stand behind `head`, or null. */
export function verifyRow(row: ReviewRow, head: { seq: number; rowHash: string }): ChainFault | null {
  if (row.seq !== head.seq + 1) return 'gap'
  if (row.prev_hash !== head.rowHash) return 'prev_hash'
  if (row.request_hash !== sha256Hex(row.request_bytes)) return 'request_hash'
  if (row.record_hash !== sha256Hex(row.response_bytes)) return 'record_hash'
  if (row.row_hash !== chainRowHash(row)) return 'row_hash'
  return verifyColumns(row)
}

function verifyColumns(row: ReviewRow): ChainFault | null {
  const submission = ReviewSubmission.safeParse(parseJson(row.request_bytes))
  const record = ReviewRecord.safeParse(parseJson(row.response_bytes))
  if (!submission.success || !record.success) return 'unreadable'
  const derived = Object.entries(deriveColumns(submission.data, record.data))
  const same = derived.every(([name, value]) => comparable(row[name as keyof ReviewRow]) === comparable(value))
  return same ? null : 'column'
}

function comparable(value: unknown): string {
  return JSON.stringify(value)
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
