import { OrderType } from '@torghut/contracts'
import type { AdvicePolicy, CallerPolicy, ContextPolicy, FailMode, GatePolicy } from '@torghut/contracts'

export interface EffectivePolicy {
  advice: AdvicePolicy
  /** Sorted; empty when the two sides have no type in common. */
  allowedOrderTypes: OrderType[]
}

const SORTED_TYPES = OrderType.options.toSorted()

/**
 * The policy a review is judged by: field by field the stricter of the caller's and the server's. A caller can only
 * tighten. In live no fail mode passes anything through, whatever the server's settings say.
 */
export function stricterPolicy(caller: CallerPolicy, server: GatePolicy): EffectivePolicy {
  const { advice } = server
  const failMode = (mode: FailMode): FailMode => (server.trading_mode === 'paper' ? mode : 'veto')
  return {
    advice: {
      ...advice,
      adjustment_allowed: caller.adjustment_allowed === true && advice.adjustment_allowed === true,
      min_qty_multiplier: Math.max(Number(caller.min_qty_multiplier), advice.min_qty_multiplier),
      max_qty_multiplier: Math.min(Number(caller.max_qty_multiplier), advice.max_qty_multiplier),
      abstain_fail_mode: failMode(advice.abstain_fail_mode),
      escalate_fail_mode: failMode(advice.escalate_fail_mode),
      quality_fail_mode: failMode(advice.quality_fail_mode),
    },
    allowedOrderTypes: SORTED_TYPES.filter(
      (type) => caller.allowed_order_types.includes(type) && server.allowed_order_types.includes(type),
    ),
  }
}

/** The context policy in force: live always requires context and a block always denies. */
export function effectiveContextPolicy({ context, trading_mode: mode }: GatePolicy): ContextPolicy {
  return mode === 'paper' ? context : { ...context, required: true, fail_mode: 'fail_closed' }
}
