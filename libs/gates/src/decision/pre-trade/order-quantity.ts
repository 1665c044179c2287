import { readUnits } from '../../evidence/decimal.ts'
import { fact } from '../../evidence/outcome.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies a quantity nobody meant. */
export const orderQuantity: PreTradeGate = {
  about: {
    gate: 'order-quantity',
    codes: ['order_quantity_outside'],
    checks: 'The quantity is within its limits',
    why: 'RTS 6, Article 15(1)(c): maximum order volumes; SEC 15c3-5(c)(1)(ii): size parameters',
    limits: ['limits.order_qty'],
    action: 'Check the size; split the order only if that is what the desk wants',
  },
  judge: ({ qty, limits: { order_qty: range } }) => {
    if (range.max === null) return 'limit_not_configured'
    const [min, max] = [range.min === null ? 0n : readUnits(range.min), readUnits(range.max)]
    if (qty === null || min === null || max === null) return 'unreadable'
    return qty >= min && qty <= max ? 'passed' : 'breached'
  },
  evidence: ({ order, limits: { order_qty: range } }) => ({ qty: fact(order.qty), min: fact(range.min), max: fact(range.max) }),
}
