import { fact } from '../../evidence/outcome.ts'
import { judgeRoomForOne } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies the order that would exceed the rate of a minute. */
export const orderRate: PreTradeGate = {
  about: {
    gate: 'order-rate',
    codes: ['order_rate_exceeded'],
    checks: 'One more order keeps the orders of the last minute within their limit',
    why: 'RTS 6, Article 15(1)(d): maximum messages limits; SEC 15c3-5(c)(1)(ii): also over a short period of time',
    limits: ['limits.max_orders_per_minute'],
    action: 'Look for a loop in the strategy; raise the limit only with a reason',
  },
  judge: ({ state, limits: { max_orders_per_minute: max } }) => {
    if (max === null) return 'limit_not_configured'
    return state === null ? 'gate_state_missing' : judgeRoomForOne(state.activity.orders_last_minute, max)
  },
  evidence: ({ state, limits }) => ({
    count: fact(state?.activity.orders_last_minute ?? null),
    max: fact(limits.max_orders_per_minute),
  }),
}
