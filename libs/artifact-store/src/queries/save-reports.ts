import { canonicalJson } from '@torghut/contracts'
import type { BatchAnswer } from '@torghut/contracts'
import { inArray } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'

import { tradeDecisions } from '../schema/trade-decisions.ts'

/** Why one report of a list is not stored. */
export type Refusal = Omit<BatchAnswer['rejected'][number], 'index'>

/** What callers report about decisions, by ids of their own: results, feedback. */
interface Report {
  trade_decision_id: string
}

/** How one kind of report is stored. */
export interface ReportTable<Item extends Report> {
  idOf(item: Item): string
  /** A rule of its own that the report breaks, or null. */
  refusal(item: Item): Refusal | null
  /** What is said when the id is stored with other content. */
  conflict(item: Item): Refusal
  /** Inserts those whose ids are free, and returns how many. */
  insert(db: NodePgDatabase, items: readonly Item[]): Promise<number>
  /** The canonical bytes of the stored reports among these ids. */
  storedBytes(db: NodePgDatabase, ids: string[]): Promise<{ id: string; bytes: Buffer }[]>
}

/**
 * Stores reports, all in one transaction. The same id with the same content is a duplicate, with another one a conflict;
 * a report about a decision we never saw, or that breaks a stated rule, is refused. Neither spoils the rest of the list.
 */
export async function saveReports<Item extends Report>(
  pool: Pool,
  items: readonly Item[],
  table: ReportTable<Item>,
): Promise<BatchAnswer> {
  if (items.length === 0) return { accepted: 0, duplicates: 0, rejected: [] }
  return await drizzle({ client: pool }).transaction(async (db) => {
    const known = await knownDecisions(db, items)
    const refusals = items.map((item) => unknownDecision(item, known) ?? table.refusal(item))
    const fresh = items.filter((_, index) => refusals[index] === null)
    const accepted = fresh.length === 0 ? 0 : await table.insert(db, inOrderOfIds(fresh, table))
    const stored = new Map((await table.storedBytes(db, [...new Set(items.map(table.idOf))])).map((row) => [row.id, row.bytes]))
    const judged = items.map((item, index) => {
      if (refusals[index] != null) return refusals[index]
      return stored.get(table.idOf(item))?.equals(reportBytes(item)) === true ? null : table.conflict(item)
    })
    const rejected = judged.flatMap((found, index) => (found === null ? [] : [{ index, ...found }]))
    return { accepted, duplicates: items.length - rejected.length - accepted, rejected }
  })
}

/** What a report is compared by, and kept as. */
export function reportBytes(item: Report): Buffer {
  return Buffer.from(canonicalJson(item))
}

async function knownDecisions(db: NodePgDatabase, items: readonly Report[]): Promise<Set<string>> {
  const ids = [...new Set(items.map((item) => item.trade_decision_id))]
  const rows = await db.select({ id: tradeDecisions.id }).from(tradeDecisions).where(inArray(tradeDecisions.id, ids))
  return new Set(rows.map((row) => row.id))
}

function unknownDecision({ trade_decision_id: id }: Report, known: Set<string>): Refusal | null {
  return known.has(id) ? null : { code: 'unknown_decision', message: `No review of decision "${id}" was stored` }
}

/** So that two calls never wait for each other in a ring. */
function inOrderOfIds<Item extends Report>(items: readonly Item[], { idOf }: ReportTable<Item>): Item[] {
  return items.toSorted((a, b) => Number(idOf(a) > idOf(b)) - Number(idOf(a) < idOf(b)))
}
