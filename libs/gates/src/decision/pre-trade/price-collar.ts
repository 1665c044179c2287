import { magnitude } from '../../evidence/decimal.ts'
import { fact } from '../../evidence/outcome.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies a price that is no sane price now. A market order names none; its reference is judged for age. */
export const priceCollar: PreTradeGate = {
  about: {
    gate: 'price-collar',
    codes: ['price_outside_collar'],
    checks: 'Limit and stop prices are within a band around the reference price, on both sides',
    why: 'RTS 6, Article 15(1)(a): price collars, different for different instruments; SEC 15c3-5(c)(1)(ii): price parameters',
    limits: ['limits.price_collar_bps'],
    action: 'Check the price for a slip of the keys and the reference price for a bad tick',
  },
  judge: (facts) => {
    const { state, reference, limitPrice, stopPrice, price } = facts
    const bps = facts.limits.price_collar_bps
    if (bps === null) return 'limit_not_configured'
    if (state === null) return 'gate_state_missing'
    if (reference === null || price === null || !Number.isSafeInteger(bps)) return 'unreadable'
    const room = reference * BigInt(bps)
    return isWithin(limitPrice, reference, room) && isWithin(stopPrice, reference, room) ? 'passed' : 'breached'
  },
  evidence: ({ order, state, limits }) => ({
    limit_price: fact(order.limit_price),
    stop_price: fact(order.stop_price),
    reference: fact(state?.reference_price.price ?? null),
    max_bps: fact(limits.price_collar_bps),
  }),
}

const BASIS_POINTS = 10_000n

function isWithin(price: bigint | null, reference: bigint, room: bigint): boolean {
  return price === null || magnitude(price - reference) * BASIS_POINTS <= room
}
