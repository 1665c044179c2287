import { tradeResultIssue } from '@torghut/contracts'
import type { BatchAnswer, TradeResult } from '@torghut/contracts'
import { inArray } from 'drizzle-orm'
import type { Pool } from 'pg'

import { tradeOutcomes } from '../schema/trade-outcomes.ts'
import { reportBytes, saveReports } from './save-reports.ts'
import type { ReportTable } from './save-reports.ts'

/** Stores what decisions earned, by the rules of `saveReports`. */
export function saveOutcomes(pool: Pool, results: readonly TradeResult[]): Promise<BatchAnswer> {
  return saveReports(pool, results, outcomes)
}

const outcomes: ReportTable<TradeResult> = {
  idOf: (result) => result.outcome_id,
  refusal: (result) => yearZero(result) ?? tradeResultIssue(result),
  conflict: ({ outcome_id: id }) => ({
    code: 'outcome_conflict',
    message: `Outcome "${id}" is stored with another result`,
  }),
  insert: async (db, results) => {
    const rows = await db.insert(tradeOutcomes).values(results.map(toRow)).onConflictDoNothing().returning({ id: tradeOutcomes.outcome_id })
    return rows.length
  },
  storedBytes: (db, ids) =>
    db
      .select({ id: tradeOutcomes.outcome_id, bytes: tradeOutcomes.bytes })
      .from(tradeOutcomes)
      .where(inArray(tradeOutcomes.outcome_id, ids)),
}

/** PostgreSQL has no year 0; ISO 8601 has. */
function yearZero({ entry, exit, event_at: eventAt, known_at: knownAt }: TradeResult) {
  if (![entry.at, exit.at, eventAt, knownAt].some((at) => at.startsWith('0000'))) return null
  return { code: 'range', message: 'Times of the year 0 cannot be stored' }
}

function toRow(result: TradeResult): typeof tradeOutcomes.$inferInsert {
  return {
    outcome_id: result.outcome_id,
    trade_decision_id: result.trade_decision_id,
    kind: result.kind,
    horizon: result.horizon,
    entry_price: result.entry.price,
    entry_at: new Date(result.entry.at),
    exit_price: result.exit.price,
    exit_at: new Date(result.exit.at),
    gross: result.gross,
    costs: result.costs,
    net: result.net,
    price_source: result.price_source,
    event_at: new Date(result.event_at),
    known_at: new Date(result.known_at),
    bytes: reportBytes(result),
  }
}
