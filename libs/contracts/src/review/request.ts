import { z } from 'zod'

import { Decimal, NonNegativeDecimal, Timestamp, optionalText, text } from '../scalars.ts'
import { RecentDecision, TradeDecision } from './decision.ts'
import { MarketContext } from './market-context.ts'
import { Account, Portfolio, Positions } from './portfolio.ts'
import { OrderType, TradingMode } from './vocabulary.ts'

export const MarketSnapshot = z.strictObject({
  symbol: text(32),
  as_of: Timestamp,
  price: Decimal.nullable().default(null),
  spread: Decimal.nullable().default(null),
  source: optionalText(128),
})

/** What the caller lets a reviewer change. The effective policy is, field by field, the stricter of this and ours. */
export const CallerPolicy = z.strictObject({
  adjustment_allowed: z.boolean(),
  min_qty_multiplier: NonNegativeDecimal,
  max_qty_multiplier: NonNegativeDecimal,
  allowed_order_types: z.array(OrderType).max(4),
})
export type CallerPolicy = z.output<typeof CallerPolicy>

/**
 * The review request (contract, section 1). Unknown keys are refused everywhere but in free maps. Parsing also
 * normalises: UTC times, snake_case context, filtered positions, every optional field named. Its output parses again
 * to itself, so what is stored can be replayed.
 */
export const ReviewRequest = z.strictObject({
  decision: TradeDecision,
  portfolio: Portfolio,
  market: MarketSnapshot.nullable().default(null),
  market_context: MarketContext.nullable().default(null),
  recent_decisions: z.array(RecentDecision).max(50).default([]),
  account: Account.default({}),
  positions: Positions.default([]),
  policy: CallerPolicy,
  trading_mode: TradingMode,
  prompt_version: text(32),
})
export type ReviewRequest = z.output<typeof ReviewRequest>
