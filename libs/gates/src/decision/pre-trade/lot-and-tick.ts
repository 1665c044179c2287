import { readPositiveUnits, readUnits } from '../../evidence/decimal.ts'
import { fact } from '../../evidence/outcome.ts'
import type { PreTradeFacts } from './facts.ts'
import type { Finding } from './gate.ts'
import { takesLimit, takesStop } from './prepare-order.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies what nothing is left of, or less than the smallest order, once it is rounded. */
export const lotAndTick: PreTradeGate = {
  about: {
    gate: 'lot-and-tick',
    codes: ['below_lot_or_tick'],
    checks: 'Rounded down to the lot and to the less aggressive tick, the order still has the smallest quantity and a price',
    why: 'SEC 15c3-5(c)(2)(i); the adopting release names odd lots',
    limits: [],
    action: 'Size the order in whole lots of at least `gate_state.instrument.min_qty`',
  },
  judge: (facts) => {
    const { state, order } = facts
    if (state === null) return 'gate_state_missing'
    const { lot_size: lotSize, tick_size: tickSize, min_qty: minQty } = state.instrument
    const smallest = readUnits(minQty)
    if (smallest === null || smallest < 0n || readPositiveUnits(lotSize) === null || readPositiveUnits(tickSize) === null) {
      return 'unreadable'
    }
    const qty = readUnits(order.qty)
    if (qty === null) return 'unreadable'
    if (qty <= 0n || qty < smallest) return 'breached'
    return judgePrices(facts)
  },
  evidence: ({ state, order }) => ({
    qty: fact(order.qty),
    limit_price: fact(order.limit_price),
    stop_price: fact(order.stop_price),
    lot_size: fact(state?.instrument.lot_size ?? null),
    min_qty: fact(state?.instrument.min_qty ?? null),
    tick_size: fact(state?.instrument.tick_size ?? null),
  }),
}

/** A price below one tick rounds to nothing, and one at the end of what a decimal holds to more than it holds. */
function judgePrices({ order, limitPrice, stopPrice }: PreTradeFacts): Finding {
  const lacksLimit = takesLimit(order.order_type) && limitPrice === null
  const lacksStop = takesStop(order.order_type) && stopPrice === null
  if (!lacksLimit && !lacksStop) return 'passed'
  const isZero = (lacksLimit && readUnits(order.limit_price) === 0n) || (lacksStop && readUnits(order.stop_price) === 0n)
  return isZero ? 'breached' : 'unreadable'
}
