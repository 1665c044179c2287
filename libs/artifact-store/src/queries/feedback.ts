import type { BatchAnswer, Feedback } from '@torghut/contracts'
import { inArray } from 'drizzle-orm'
import type { Pool } from 'pg'

import { feedback } from '../schema/feedback.ts'
import { reportBytes, saveReports } from './save-reports.ts'
import type { ReportTable } from './save-reports.ts'

/** Stores what people and desk rules said about decisions, by the rules of `saveReports`. */
export function saveFeedback(pool: Pool, items: readonly Feedback[]): Promise<BatchAnswer> {
  return saveReports(pool, items, reports)
}

const reports: ReportTable<Feedback> = {
  idOf: (item) => item.feedback_id,
  refusal: () => null,
  conflict: ({ feedback_id: id }) => ({
    code: 'feedback_conflict',
    message: `Feedback "${id}" is stored with other content`,
  }),
  insert: async (db, items) => {
    const rows = await db.insert(feedback).values(items.map(toRow)).onConflictDoNothing().returning({ id: feedback.feedback_id })
    return rows.length
  },
  storedBytes: (db, ids) =>
    db.select({ id: feedback.feedback_id, bytes: feedback.bytes }).from(feedback).where(inArray(feedback.feedback_id, ids)),
}

function toRow(item: Feedback): typeof feedback.$inferInsert {
  return {
    feedback_id: item.feedback_id,
    trade_decision_id: item.trade_decision_id,
    source_kind: item.source.kind,
    source_id: item.source.id,
    label: item.label,
    reason: item.reason,
    known_at: new Date(item.known_at),
    bytes: reportBytes(item),
  }
}
