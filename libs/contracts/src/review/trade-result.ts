import { z } from 'zod'

import { Decimal, PositiveDecimal, Timestamp, Uuid, text } from '../scalars.ts'

const Fill = z.strictObject({ price: PositiveDecimal, at: Timestamp })

const Cost = z.strictObject({
  name: z.enum(['commission', 'spread', 'slippage', 'fees', 'borrow']),
  value: Decimal,
})

/** Days, hours, minutes, seconds or weeks, each of at most 6 digits; positive by form. */
const Horizon = z.string().regex(
  /^P(?=\d|T\d)(\d{1,6}W|(\d{1,6}D)?(T(?=\d)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?)$/,
  'Expected an ISO 8601 duration such as "P1D" or "PT30M"',
)

/**
 * What a decision earned. `gross`, `costs` and `net` are fractions of entry notional, signed for the decision's side.
 * The rules that tie its fields together are checked one by one with `tradeResultIssue`, so that one bad result in a
 * batch does not reject the others.
 */
export const TradeResult = z.strictObject({
  outcome_id: Uuid,
  trade_decision_id: Uuid,
  kind: z.enum(['realised', 'counterfactual']),
  horizon: Horizon,
  entry: Fill,
  exit: Fill,
  gross: Decimal,
  costs: z.array(Cost).max(16),
  net: Decimal,
  price_source: text(128),
  event_at: Timestamp,
  known_at: Timestamp,
})
export type TradeResult = z.output<typeof TradeResult>

/** The body of `POST /v1/outcomes`. */
export const TradeResultBatch = z.strictObject({ outcomes: z.array(z.unknown()).min(1).max(1000) })

/** The answer of batch calls: what was new, what was known already, what was refused and why. */
export const BatchAnswer = z.strictObject({
  accepted: z.int(),
  duplicates: z.int(),
  rejected: z.array(z.strictObject({ index: z.int(), code: z.string(), message: z.string() })),
})
export type BatchAnswer = z.output<typeof BatchAnswer>

/** Decimals have at most 8 places, so eight-place integers add without rounding. */
const PLACES = 8

/** The first stated rule a result breaks, or null: net = gross − Σcosts, times in order, event at the exit. */
export function tradeResultIssue(result: TradeResult): { code: string; message: string } | null {
  const costs = result.costs.reduce((sum, cost) => sum + scaled(cost.value), 0n)
  if (scaled(result.gross) - costs !== scaled(result.net)) {
    return { code: 'net_mismatch', message: 'net must be gross minus the sum of costs, exactly' }
  }
  if (Date.parse(result.exit.at) < Date.parse(result.entry.at)) {
    return { code: 'exit_before_entry', message: 'exit.at lies before entry.at' }
  }
  if (Date.parse(result.event_at) !== Date.parse(result.exit.at)) {
    return { code: 'event_not_exit', message: 'event_at must be the exit time' }
  }
  if (Date.parse(result.known_at) < Date.parse(result.event_at)) {
    return { code: 'known_before_event', message: 'known_at lies before event_at' }
  }
  return null
}

function scaled(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.')
  const units = BigInt(whole + fraction.padEnd(PLACES, '0'))
  return decimal.startsWith('-') ? -units : units
}
