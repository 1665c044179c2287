import { OrderType, TradeAction } from '@torghut/contracts'
import type { GateOutcome, OrderDetails, ReviewSubmission } from '@torghut/contracts'

import { readPositiveUnits } from '../evidence/decimal.ts'
import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import type { GateAbout } from './gate-about.ts'

export const ORDER_SHAPE_ABOUT: GateAbout = {
  gate: 'order-shape',
  codes: [
    'order_qty_not_positive',
    'order_side_unknown',
    'order_type_unknown',
    'order_price_missing',
    'order_price_invalid',
  ],
  checks: 'Somebody could send the order: a quantity above zero, a known side and type, the prices its type needs',
  why: 'SEC 15c3-5(c)(1)(ii): erroneous orders',
  limits: [],
  action: 'Correct the order in the scheduler; prices travel in `order`, beside the request',
}

/** Which prices an order type cannot be sent without. */
const REQUIRED_PRICES: Record<OrderType, readonly ('limit_price' | 'stop_price')[]> = {
  market: [],
  limit: ['limit_price'],
  stop: ['stop_price'],
  stop_limit: ['limit_price', 'stop_price'],
}

/**
 * Denies an order nobody could send: a quantity not above zero, an unknown side or type, a price its type needs and
 * lacks, or a price that is none.
 */
export function checkOrderShape(submission: ReviewSubmission): GateOutcome {
  const gate = 'order-shape'
  return guarded(gate, () => {
    const { action, qty, order_type } = submission.request.decision
    const evidence = { side: fact(action), qty: fact(qty), order_type: fact(order_type) }
    const code = shapeFault(submission)
    return code === null ? passed(gate, evidence) : denied(gate, code, evidence)
  })
}

/** True when every price that is given is one; an order without prices has none that is not. */
export function hasRealPrices(order: OrderDetails | null): boolean {
  return isPriceOrNone(order?.limit_price ?? null) && isPriceOrNone(order?.stop_price ?? null)
}

function isPriceOrNone(price: string | null): boolean {
  return price === null || readPositiveUnits(price) !== null
}

function shapeFault({ order, request: { decision } }: ReviewSubmission): string | null {
  if (readPositiveUnits(decision.qty) === null) return 'order_qty_not_positive'
  if (!TradeAction.options.includes(decision.action)) return 'order_side_unknown'
  if (!OrderType.options.includes(decision.order_type)) return 'order_type_unknown'
  return priceFault(decision.order_type, order)
}

/** A price the type does not need may be there, but it is handed on, so it must be a price too. */
function priceFault(orderType: OrderType, order: OrderDetails | null): string | null {
  for (const name of REQUIRED_PRICES[orderType]) if ((order?.[name] ?? null) === null) return 'order_price_missing'
  return hasRealPrices(order) ? null : 'order_price_invalid'
}
