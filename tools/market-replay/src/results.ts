import type { Bar } from './bars.ts'
import { UNITS_PER_ONE, centsToDecimal, ratioUnits, unitsToDecimal } from './decimals.ts'
import type { Side } from './strategies.ts'

/** Where every price of a result comes from. */
export const PRICE_SOURCE = 'sp500-daily'

/**
 * Cost of one fill as fractions of its notional. Assumptions of the replay, at the level of a liquid index product:
 * commission 0.5 bp, half of a 2 bp spread, slippage 2 bp. A round trip pays each twice.
 */
export const COST_PER_FILL = { commission: 0.00005, spread: 0.0001, slippage: 0.0002 } as const

/** What `POST /v1/outcomes` takes for one decision. */
export interface PostedOutcome {
  outcome_id: string
  trade_decision_id: string
  kind: 'realised' | 'counterfactual'
  horizon: string
  entry: { price: string; at: string }
  exit: { price: string; at: string }
  gross: string
  costs: { name: 'commission' | 'spread' | 'slippage'; value: string }[]
  net: string
  price_source: string
  event_at: string
  known_at: string
}

/**
 * The result of one entry, known when its exit is filled. Fractions of entry notional, signed for the side, exact to
 * eight places: net is gross less the costs as written. Round-trip costs are charged on the entry notional.
 */
export function tradeResult(trade: {
  outcomeId: string
  decisionId: string
  kind: PostedOutcome['kind']
  side: Side
  entry: Bar
  exit: Bar
}): PostedOutcome {
  const { entry, exit } = trade
  const gross = ratioUnits(BigInt(exit.closeCents - entry.closeCents), BigInt(entry.closeCents)) * signOf(trade.side)
  const costs = roundTripCosts()
  const net = costs.reduce((left, cost) => left - cost.units, gross)
  return {
    outcome_id: trade.outcomeId,
    trade_decision_id: trade.decisionId,
    kind: trade.kind,
    horizon: `P${calendarDays(entry, exit)}D`,
    entry: { price: centsToDecimal(entry.closeCents), at: entry.closeAt },
    exit: { price: centsToDecimal(exit.closeCents), at: exit.closeAt },
    gross: unitsToDecimal(gross),
    costs: costs.map(({ name, units }) => ({ name, value: unitsToDecimal(units) })),
    net: unitsToDecimal(net),
    price_source: PRICE_SOURCE,
    event_at: exit.closeAt,
    known_at: exit.closeAt,
  }
}

function roundTripCosts() {
  const names = ['commission', 'spread', 'slippage'] as const
  return names.map((name) => ({
    name,
    units: 2n * BigInt(Math.round(COST_PER_FILL[name] * Number(UNITS_PER_ONE))),
  }))
}

function signOf(side: Side): bigint {
  return side === 'buy' ? 1n : -1n
}

const DAY_MS = 86_400_000

function calendarDays(entry: Bar, exit: Bar): number {
  return Math.round((Date.parse(exit.closeAt) - Date.parse(entry.closeAt)) / DAY_MS)
}
