import { z } from 'zod'

import { Decimal, inKeyOrder, text } from '../scalars.ts'

const OptionalDecimal = Decimal.nullable().optional()

/** The fields of a position we keep (contract, 1.7). Broker rows carry more; the rest is dropped and counted. */
const LoosePosition = z.object({
  symbol: text(32).nullable().optional(),
  qty: OptionalDecimal,
  side: z.enum(['long', 'short']).nullable().optional(),
  market_value: OptionalDecimal,
  avg_entry_price: OptionalDecimal,
  current_price: OptionalDecimal,
  unrealized_pl: OptionalDecimal,
  unrealized_plpc: OptionalDecimal,
  cost_basis: OptionalDecimal,
})

/** One open position, as stored: only known fields, none of them null. */
export interface Position {
  symbol: string
  qty?: string
  side?: 'long' | 'short'
  market_value?: string
  avg_entry_price?: string
  current_price?: string
  unrealized_pl?: string
  unrealized_plpc?: string
  cost_basis?: string
}

/** Positions filtered to the contract once, at the edge: no symbol means no row; sorted by symbol. */
export const Positions = z.array(LoosePosition).max(1000).transform(keepKnownPositions)

export const Portfolio = z.strictObject({
  equity: Decimal.nullable().default(null),
  cash: Decimal.nullable().default(null),
  buying_power: Decimal.nullable().default(null),
  total_exposure: Decimal.nullable().default(null),
  exposure_by_symbol: z.record(text(32), Decimal).overwrite(inKeyOrder).default({}),
  positions: Positions.default([]),
})
export type Portfolio = z.output<typeof Portfolio>

/** The account figures a reviewer may see; nulls are dropped, no other key is let in. */
export const Account = z
  .strictObject({ equity: OptionalDecimal, cash: OptionalDecimal, buying_power: OptionalDecimal })
  .transform((account) => dropNulls(account) as { equity?: string; cash?: string; buying_power?: string })

/** Removes null and undefined members; the result names only what is known. */
export function dropNulls(map: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null && value !== undefined))
}

function keepKnownPositions(rows: z.output<typeof LoosePosition>[]): Position[] {
  return rows
    .map((row) => dropNulls(row) as unknown as Position)
    .filter((row) => row.symbol !== undefined)
    .sort((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0))
}
