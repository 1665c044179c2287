import type { GateState, OrderType, RegimeAction, ReviewedOrder, TradeAction } from '@torghut/contracts'

import { UNITS_PER_ONE, formatUnits, readPositiveUnits } from '../../evidence/decimal.ts'

export interface Preparation {
  side: TradeAction
  /** Null when the caller sent no gate state: then nothing is known of lots and ticks. */
  instrument: GateState['instrument'] | null
  regime: RegimeAction
}

/**
 * The order as it would be sent. A degrade halves its quantity to whole lots, one lot at least (contract, 8.6); the
 * quantity is rounded down to the lot, a limit to the less aggressive tick, a stop to the tick that fires later. Nothing
 * grows. What cannot be rounded stays as it is, for `lot-and-tick` to deny.
 */
export function prepareOrder(order: ReviewedOrder, { side, instrument, regime }: Preparation): ReviewedOrder {
  const isBuy = side === 'buy'
  const tick = instrument === null ? null : readPositiveUnits(instrument.tick_size)
  return {
    qty: prepareQty(order.qty, instrument, regime),
    order_type: order.order_type,
    limit_price: takesLimit(order.order_type) ? roundPrice(order.limit_price, tick, !isBuy) : order.limit_price,
    stop_price: takesStop(order.order_type) ? roundPrice(order.stop_price, tick, isBuy) : order.stop_price,
  }
}

/** True when the prepared order is not the one that was wanted. */
export function isChanged(wanted: ReviewedOrder, prepared: ReviewedOrder): boolean {
  return (
    wanted.qty !== prepared.qty ||
    wanted.order_type !== prepared.order_type ||
    wanted.limit_price !== prepared.limit_price ||
    wanted.stop_price !== prepared.stop_price
  )
}

export function takesLimit(type: OrderType): boolean {
  return type === 'limit' || type === 'stop_limit'
}

export function takesStop(type: OrderType): boolean {
  return type === 'stop' || type === 'stop_limit'
}

/** Without a lot size a degrade goes to whole units, as it did where the rule comes from. */
function prepareQty(text: string, instrument: Preparation['instrument'], regime: RegimeAction): string {
  const qty = readPositiveUnits(text)
  const isDegraded = regime === 'degrade'
  const lot = instrument === null ? (isDegraded ? UNITS_PER_ONE : null) : readPositiveUnits(instrument.lot_size)
  if (qty === null || lot === null) return text
  const lots = (isDegraded ? qty / 2n : qty) / lot
  const rounded = isDegraded && lots === 0n && qty >= lot ? lot : lots * lot
  return rounded === qty ? text : formatUnits(rounded)
}

function roundPrice(text: string | null, tick: bigint | null, isUp: boolean): string | null {
  const price = readPositiveUnits(text)
  if (price === null || tick === null) return text
  const excess = price % tick
  if (excess === 0n) return text
  return formatUnits(isUp ? price - excess + tick : price - excess)
}
