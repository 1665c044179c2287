import { canonicalJson, tradeResultIssue } from '@torghut/contracts'
import type { BatchAnswer, TradeResult } from '@torghut/contracts'
import { inArray } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'

import { tradeDecisions } from '../schema/trade-decisions.ts'
import { tradeOutcomes } from '../schema/trade-outcomes.ts'

type Rejection = BatchAnswer['rejected'][number]

/**
 * Stores results, all in one transaction. The same id with the same result is a duplicate, with another one a conflict;
 * a result of a decision we never saw, or that breaks a stated rule, is refused. Neither spoils the rest of the list.
 */
export async function saveOutcomes(pool: Pool, results: readonly TradeResult[]): Promise<BatchAnswer> {
  return await drizzle({ client: pool }).transaction(async (db) => {
    const known = await knownDecisions(db, results)
    const refusals = results.map((result) => refusal(result, known))
    const accepted = await insertNew(db, results.filter((_, index) => refusals[index] === null))
    const stored = await storedBytes(db, results)
    const judged = results.map((result, index) => refusals[index] ?? conflict(result, stored))
    const rejected = judged.flatMap((found, index) => (found === null ? [] : [{ index, ...found }]))
    return { accepted, duplicates: results.length - rejected.length - accepted, rejected }
  })
}

async function knownDecisions(db: NodePgDatabase, results: readonly TradeResult[]): Promise<Set<string>> {
  const ids = [...new Set(results.map((result) => result.trade_decision_id))]
  if (ids.length === 0) return new Set()
  const rows = await db.select({ id: tradeDecisions.id }).from(tradeDecisions).where(inArray(tradeDecisions.id, ids))
  return new Set(rows.map((row) => row.id))
}

function refusal(result: TradeResult, known: Set<string>): Omit<Rejection, 'index'> | null {
  if (!known.has(result.trade_decision_id)) {
    return { code: 'unknown_decision', message: `No review of decision "${result.trade_decision_id}" was stored` }
  }
  // PostgreSQL has no year 0; the wire's ISO 8601 has.
  if ([result.entry.at, result.exit.at, result.event_at, result.known_at].some((at) => at.startsWith('0000'))) {
    return { code: 'range', message: 'Times of the year 0 cannot be stored' }
  }
  return tradeResultIssue(result)
}

/** Returns how many were new; ids that exist already, or twice in the list, are left as they are. */
async function insertNew(db: NodePgDatabase, results: readonly TradeResult[]): Promise<number> {
  if (results.length === 0) return 0
  // In the order of their ids, so that two calls never wait for each other in a ring.
  const ordered = [...results].sort((a, b) => Number(a.outcome_id > b.outcome_id) - Number(a.outcome_id < b.outcome_id))
  const inserted = await db
    .insert(tradeOutcomes)
    .values(ordered.map(toRow))
    .onConflictDoNothing()
    .returning({ id: tradeOutcomes.outcome_id })
  return inserted.length
}

async function storedBytes(db: NodePgDatabase, results: readonly TradeResult[]): Promise<Map<string, Buffer>> {
  const ids = [...new Set(results.map((result) => result.outcome_id))]
  if (ids.length === 0) return new Map()
  const { outcome_id, bytes } = tradeOutcomes
  const rows = await db.select({ outcome_id, bytes }).from(tradeOutcomes).where(inArray(outcome_id, ids))
  return new Map(rows.map((row) => [row.outcome_id, row.bytes]))
}

function conflict(result: TradeResult, stored: Map<string, Buffer>): Omit<Rejection, 'index'> | null {
  if (stored.get(result.outcome_id)?.equals(toBytes(result)) === true) return null
  return { code: 'outcome_conflict', message: `Outcome "${result.outcome_id}" is stored with another result` }
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
    bytes: toBytes(result),
  }
}

function toBytes(result: TradeResult): Buffer {
  return Buffer.from(canonicalJson(result))
}
