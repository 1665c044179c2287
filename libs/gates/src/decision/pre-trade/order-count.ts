import { fact } from '../../evidence/outcome.ts'
import { judgeRoomForOne } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies the order that would exceed the count of a day. */
export const orderCount: PreTradeGate = {
  about: {
    gate: 'order-count',
    codes: ['order_count_exceeded'],
    checks: 'One more order keeps the orders of the day within their limit',
    why: 'RTS 6, Article 15(1)(d): maximum messages limits',
    limits: ['limits.max_orders_per_day'],
    action: 'Look at what the strategy sent today; raise the limit only with a reason',
  },
  judge: ({ state, limits: { max_orders_per_day: max } }) => {
    if (max === null) return 'limit_not_configured'
    return state === null ? 'gate_state_missing' : judgeRoomForOne(state.activity.orders_today, max)
  },
  evidence: ({ state, limits }) => ({
    count: fact(state?.activity.orders_today ?? null),
    max: fact(limits.max_orders_per_day),
  }),
}
