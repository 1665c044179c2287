import { z } from 'zod'

import { Decimal, Timestamp, optionalText, text } from '../scalars.ts'
import { dropNulls } from './portfolio.ts'
import { Band, OrderType, TimeInForce, TradeAction } from './vocabulary.ts'

/** The compact regime block (contract, 1.9). Full regime contexts are compacted by whoever builds the request. */
export const CompactRegime = z.strictObject({
  regime_id: text(32),
  entropy_band: Band,
  predicted_next: text(64),
  artifact_version: text(128),
  guardrail_reason: optionalText(256),
})
export type CompactRegime = z.output<typeof CompactRegime>

/** A figure or word of the strategy's own; free in the contract, bounded here. */
const Scalar = z.preprocess(
  (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
  z.string().max(256),
)
const Item = Scalar.nullable().optional()

/** A nested map of known keys; unknown keys and nulls are dropped. */
function knownKeys<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).transform(dropNulls).nullable().optional()
}

/**
 * Strategy parameters that reach the reviewer (contract, 1.2): the listed keys only. Everything else a strategy puts
 * there (forecasts, microstructure, news) is dropped at parse and counted.
 */
export const DecisionParams = z
  .object({
    macd: Item,
    macd_signal: Item,
    rsi: Item,
    price: Item,
    volatility: Item,
    spread: Item,
    price_snapshot: knownKeys({ as_of: Item, price: Item, spread: Item, source: Item }),
    imbalance: knownKeys({ spread: Item }),
    sizing: knownKeys({ method: Item, notional_budget: Item, price: Item, reason: Item }),
    regime_hmm: knownKeys({
      regime_id: Item,
      entropy_band: Item,
      predicted_next: Item,
      artifact_version: Item,
      guardrail_reason: Item,
    }),
  })
  .transform(dropNulls)

/** What the strategy wants to do. The order's own prices travel beside the request, in `order`. */
export const TradeDecision = z.strictObject({
  strategy_id: text(128),
  symbol: text(32),
  action: TradeAction,
  qty: Decimal,
  order_type: OrderType,
  time_in_force: TimeInForce,
  event_ts: Timestamp,
  timeframe: text(32),
  rationale: optionalText(4000),
  regime_hmm: CompactRegime.nullable().default(null),
  params: DecisionParams.default({}),
})
export type TradeDecision = z.output<typeof TradeDecision>

export const RecentDecision = z.strictObject({
  decision_id: text(128),
  strategy_id: text(128),
  symbol: text(32),
  action: TradeAction.default('buy'),
  qty: Decimal.default('0'),
  status: text(64),
  created_at: Timestamp,
  rationale: optionalText(4000),
  price: Decimal.nullable().default(null),
})
