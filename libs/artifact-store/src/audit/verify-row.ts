import { verifyRow as verifyContent } from '@torghut/contracts'
import type { RowFault } from '@torghut/contracts'

import type { ReviewRow } from './review-row.ts'

/** What is wrong with a row: its place (`gap`, `prev_hash`) or something inside it. */
export type ChainFault = 'gap' | 'prev_hash' | RowFault['fault']

/** The first fault of a row that should stand behind `head`, or null. */
export function verifyRow(row: ReviewRow, head: { seq: number; rowHash: string }): ChainFault | null {
  if (row.seq !== head.seq + 1) return 'gap'
  if (row.prev_hash !== head.rowHash) return 'prev_hash'
  return verifyContent(row)?.fault ?? null
}
