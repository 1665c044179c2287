import type { GateOutcome, OrderType, ReviewedOrder, TradeAction } from '@torghut/contracts'

import { readPositiveDecimal } from '../evidence/decimal.ts'
import { denied, guarded, passed } from '../evidence/outcome.ts'

/**
 * What each order type may become without turning more aggressive. Two things hold an order back: a trigger (stop)
 * and a price it will not pass (limit). A change may add a limit; it may drop neither. So a stop_limit may not become
 * a limit although both have a limit: without its trigger it could fill at once. Nor may a trigger be added, since
 * no advice names a stop price.
 */
const NO_MORE_AGGRESSIVE: Record<OrderType, readonly OrderType[]> = {
  market: ['market', 'limit'],
  limit: ['limit'],
  stop: ['stop', 'stop_limit'],
  stop_limit: ['stop_limit'],
}

export interface OrderChange {
  side: TradeAction
  original: ReviewedOrder
  final: ReviewedOrder
}

/**
 * Denies (`adjustment_loosens`) an order that asks for more than the original: a larger size, a type that holds back
 * less, a limit worse for us, another stop. What cannot be compared counts as looser. Evidence names the fields.
 */
export function checkOnlyTighter(change: OrderChange): GateOutcome {
  const gate = 'only-tighter'
  return guarded(gate, () => {
    const { original, final } = change
    const checks = {
      qty: sizeHolds(original, final),
      order_type: NO_MORE_AGGRESSIVE[original.order_type].includes(final.order_type),
      limit_price: limitHolds(change),
      stop_price: final.stop_price === original.stop_price,
    }
    const loosened = Object.entries(checks).filter(([, holds]) => !holds).map(([field]) => field)
    return loosened.length === 0 ? passed(gate, { loosened }) : denied(gate, 'adjustment_loosens', { loosened })
  })
}

function sizeHolds(original: ReviewedOrder, final: ReviewedOrder): boolean {
  const [from, to] = [readPositiveDecimal(original.qty), readPositiveDecimal(final.qty)]
  return from !== null && to !== null && to.lte(from)
}

/** A price counts only where the type uses it. A first limit is tighter at any price; an old one may only move in. */
function limitHolds({ side, original, final }: OrderChange): boolean {
  if (!takesLimit(final.order_type)) return !takesLimit(original.order_type)
  const to = readPositiveDecimal(final.limit_price)
  if (to === null || !takesLimit(original.order_type)) return to !== null
  const from = readPositiveDecimal(original.limit_price)
  if (from === null) return false
  if (side === 'buy') return to.lte(from)
  return side === 'sell' && to.gte(from)
}

function takesLimit(type: OrderType): boolean {
  return type === 'limit' || type === 'stop_limit'
}
