import type { GateOutcome, OrderType, ReviewedOrder, TradeAction } from '@torghut/contracts'

import { readPositiveUnits } from '../evidence/decimal.ts'
import { denied, guarded, passed } from '../evidence/outcome.ts'
import type { GateAbout } from './gate-about.ts'

export const ONLY_TIGHTER_ABOUT: GateAbout = {
  gate: 'only-tighter',
  codes: ['adjustment_loosens'],
  checks: 'The order that would be sent asks for no more than the original in size, type, limit and stop',
  why: 'Ours: an advice may tighten an order and nothing else',
  limits: [],
  action: 'Look at the artifact: its adjustments are not sane',
}

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
 * less, a limit worse for us, a stop that fires earlier. What cannot be compared counts as looser. Evidence names the fields.
 */
export function checkOnlyTighter(change: OrderChange): GateOutcome {
  const gate = 'only-tighter'
  return guarded(gate, () => {
    const { original, final } = change
    const checks = {
      qty: sizeHolds(original, final),
      order_type: NO_MORE_AGGRESSIVE[original.order_type].includes(final.order_type),
      limit_price: limitHolds(change),
      stop_price: stopHolds(change),
    }
    const loosened: string[] = []
    for (const field in checks) if (!checks[field as keyof typeof checks]) loosened.push(field)
    return loosened.length === 0 ? passed(gate, { loosened }) : denied(gate, 'adjustment_loosens', { loosened })
  })
}

function sizeHolds(original: ReviewedOrder, final: ReviewedOrder): boolean {
  const [from, to] = [readPositiveUnits(original.qty), readPositiveUnits(final.qty)]
  // Stryker disable next-line ConditionalExpression: a size above zero is not at most null
  if (from === null) return false
  return to !== null && to <= from
}

/** A price counts only where the type uses it. A first limit is tighter at any price; an old one may only move in. */
function limitHolds({ side, original, final }: OrderChange): boolean {
  if (!takesLimit(final.order_type)) return !takesLimit(original.order_type)
  const to = readPositiveUnits(final.limit_price)
  if (to === null || !takesLimit(original.order_type)) return to !== null
  const from = readPositiveUnits(original.limit_price)
  if (from === null) return false
  if (side === 'buy') return to <= from
  return side === 'sell' && to >= from
}

/** A trigger may only move to where it fires later: up for a buy, down for a sell. */
function stopHolds({ side, original, final }: OrderChange): boolean {
  if (final.stop_price === original.stop_price) return true
  const [from, to] = [readPositiveUnits(original.stop_price), readPositiveUnits(final.stop_price)]
  if (from === null || to === null) return false
  return side === 'buy' ? to >= from : side === 'sell' && to <= from
}

function takesLimit(type: OrderType): boolean {
  return type === 'limit' || type === 'stop_limit'
}
