import type { OrderType, ReviewedOrder, TradeAction } from '@torghut/contracts'

import { readUnits } from '../evidence/decimal.ts'
import type { SettledVerdict } from '../decision/settle-verdict.ts'

const RANKS = { veto: 0, adjust: 1, approve: 2 } as const

/**
 * What a type may be beside another without holding an order back less: stated here anew, so that a slip in the gate is
 * not repeated in its test.
 */
const NO_LOOSER: Record<OrderType, string> = {
  market: 'market limit',
  limit: 'limit',
  stop: 'stop stop_limit',
  stop_limit: 'stop_limit',
}

/** Null when a verdict asks for no more than another in rank, size, type, limit and stop; else what it exceeds. */
export function looserThan(given: SettledVerdict, bound: SettledVerdict, side: TradeAction): string | null {
  if (RANKS[given.verdict] > RANKS[bound.verdict]) return 'verdict'
  if (given.verdict === 'veto') return given.decision === null ? null : 'a vetoed order'
  if (given.decision === null || bound.decision === null) return 'no order'
  return looserOrder(given.decision, bound.decision, side)
}

/** The same for two orders. */
export function looserOrder(given: ReviewedOrder, bound: ReviewedOrder, side: TradeAction): string | null {
  const [qty, max] = [readUnits(given.qty), readUnits(bound.qty)]
  if (qty === null || max === null || qty <= 0n || qty > max) return 'qty'
  if (!NO_LOOSER[bound.order_type].split(' ').includes(given.order_type)) return 'order_type'
  if (bound.order_type.includes('limit') && isBeyond(given.limit_price, bound.limit_price, side)) return 'limit_price'
  if (bound.order_type.includes('stop') && isBeyond(bound.stop_price, given.stop_price, side)) return 'stop_price'
  return null
}

/** Above the bound for a buy, below it for a sale, or no price at all. */
function isBeyond(price: string | null, bound: string | null, side: TradeAction): boolean {
  const [value, limit] = [readUnits(price), readUnits(bound)]
  if (value === null || limit === null) return true
  return side === 'buy' ? value > limit : value < limit
}
