import { UNITS_PER_ONE, readUnits } from '../../evidence/decimal.ts'
import { fact } from '../../evidence/outcome.ts'
import { notionalText } from './exposure.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies an order worth more, or less, than any should be. */
export const orderNotional: PreTradeGate = {
  about: {
    gate: 'order-notional',
    codes: ['order_notional_outside'],
    checks: "The notional, at the highest of the order's prices and the reference, is within its limits",
    why: 'RTS 6, Article 15(1)(b): maximum order values',
    limits: ['limits.order_notional_usd'],
    action: 'Check size and price; raise the limit only with a reason',
  },
  judge: ({ state, notional, limits: { order_notional_usd: range } }) => {
    if (range.max === null) return 'limit_not_configured'
    if (state === null) return 'gate_state_missing'
    const [min, max] = [range.min === null ? 0n : readUnits(range.min), readUnits(range.max)]
    if (notional === null || min === null || max === null) return 'unreadable'
    return notional >= min * UNITS_PER_ONE && notional <= max * UNITS_PER_ONE ? 'passed' : 'breached'
  },
  evidence: ({ notional, limits: { order_notional_usd: range } }) => ({
    notional_usd: notionalText(notional),
    min: fact(range.min),
    max: fact(range.max),
  }),
}
