import { readUnits } from '../../evidence/decimal.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies an order that is already on its way. */
export const duplicateOrder: PreTradeGate = {
  about: {
    gate: 'duplicate-order',
    codes: ['duplicate_order'],
    checks: 'No pending order has the same symbol, side and quantity, and none is this very decision',
    why: 'SEC 15c3-5(c)(1)(ii): orders that indicate duplicative orders',
    limits: [],
    action: 'See whether the pending order is the same intent; cancel it first if the new one is meant',
  },
  judge: ({ state, submission, decision, qty }) => {
    if (state === null) return 'gate_state_missing'
    if (!Array.isArray(state.pending_orders) || qty === null) return 'unreadable'
    for (const pending of state.pending_orders) {
      if (pending.order_id === submission.trade_decision_id) return 'breached'
      const isSameWay = pending.symbol === decision.symbol && pending.side === decision.action
      if (isSameWay && readUnits(pending.qty) === qty) return 'breached'
    }
    return 'passed'
  },
  evidence: ({ state }) => ({ pending: state === null ? null : state.pending_orders.length }),
}
