import { and, asc, desc, eq, gt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'

import { verifyRow } from '../audit/verify-row.ts'
import type { ChainFault } from '../audit/verify-row.ts'
import { WriterNotFoundError } from '../errors.ts'
import { auditBatches } from '../schema/audit-batches.ts'
import { llmDecisionReviews } from '../schema/llm-decision-reviews.ts'
import { findOptionalWriter } from './audit-writers.ts'

export interface ChainReport {
  /** Rows found sound before the first fault, or all. */
  rows: number
  ok: boolean
  firstBroken?: { seq: number; fault: ChainFault | 'tail' }
}

/** Rows read at a time; with their bytes, some 10 MB at most for honest reviews. */
const PAGE_ROWS = 500

/**
 * Reads a writer's chain in order and stops at the first fault. `tail` means that rows are missing at the end, as the
 * last recorded batch tells. Throws `WriterNotFoundError`.
 */
export async function verifyChain(pool: Pool, writerId: string): Promise<ChainReport> {
  const writer = await findOptionalWriter(pool, writerId)
  if (writer === undefined) throw new WriterNotFoundError(writerId)
  const lastSeq = await readLastSeq(pool, writerId)
  let head = { seq: 0, rowHash: writer.genesisHash }
  for (let page = await readPage(pool, writerId, 0); page.length > 0; page = await readPage(pool, writerId, head.seq)) {
    for (const row of page) {
      const fault = verifyRow(row, head)
      if (fault !== null) return { rows: head.seq, ok: false, firstBroken: { seq: head.seq + 1, fault } }
      head = { seq: row.seq, rowHash: row.row_hash }
    }
  }
  if (head.seq < lastSeq) return { rows: head.seq, ok: false, firstBroken: { seq: head.seq + 1, fault: 'tail' } }
  return { rows: head.seq, ok: true }
}

/** Read before the rows, so that reviews written meanwhile cannot look like a missing tail. */
async function readLastSeq(pool: Pool, writerId: string): Promise<number> {
  const [last] = await drizzle({ client: pool })
    .select({ seq: auditBatches.last_seq })
    .from(auditBatches)
    .where(eq(auditBatches.writer_id, writerId))
    .orderBy(desc(auditBatches.first_seq))
    .limit(1)
  return last?.seq ?? 0
}

async function readPage(pool: Pool, writerId: string, afterSeq: number) {
  const table = llmDecisionReviews
  return await drizzle({ client: pool })
    .select()
    .from(table)
    .where(and(eq(table.writer_id, writerId), gt(table.seq, afterSeq)))
    .orderBy(asc(table.seq))
    .limit(PAGE_ROWS)
}
