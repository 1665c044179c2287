import Big from 'big.js'

import type { AdvicePolicy, OrderType, ReviewAdvice } from '@torghut/contracts'

import { readDecimal, readPositiveDecimal } from '../evidence/decimal.ts'

/** Digits a decimal may have after its point on the wire. */
const FRACTION_DIGITS_MAX = 8

/** The three fields an advice may change. */
export interface AdjustableOrder {
  qty: string
  orderType: OrderType
  limitPrice: string | null
}

export interface AdjustmentRules {
  policy: AdvicePolicy
  allowedOrderTypes: readonly OrderType[]
  /** What an adjustment below the smallest multiplier becomes. */
  belowMinimum: 'clamp' | 'veto'
}

export type Adjustment = { order: AdjustableOrder; clamp: string | null } | { refusal: string }

/**
 * What an adjust advice makes of an order (contract, 3.6 rows 9 to 14), or why it may not. Sizes are exact; the
 * bounds are rounded inwards to the 8 digits the wire can carry, so a clamped size never passes its bound.
 */
export function adjustOrder(advice: ReviewAdvice, order: AdjustableOrder, rules: AdjustmentRules): Adjustment {
  if (rules.policy.adjustment_allowed !== true) return { refusal: 'llm_adjustment_disallowed' }
  const size = adjustQty(advice.adjusted_qty, order.qty, rules)
  if ('refusal' in size) return size
  const orderType = advice.adjusted_order_type ?? order.orderType
  if (!rules.allowedOrderTypes.includes(orderType)) return { refusal: 'llm_adjustment_order_type_not_allowed' }
  const price = adjustLimitPrice(advice.limit_price, order, orderType)
  if ('refusal' in price) return price
  return { order: { qty: size.qty, orderType, limitPrice: price.limitPrice }, clamp: size.clamp }
}

type Size = { qty: string; clamp: string | null } | { refusal: string }

function adjustQty(adjusted: string | null, original: string, rules: AdjustmentRules): Size {
  if (adjusted === null) return { refusal: 'llm_adjustment_missing_qty' }
  const wanted = readPositiveDecimal(adjusted)
  if (wanted === null) return { refusal: 'llm_adjustment_non_positive' }
  const size = readDecimal(original)
  if (size === null) return { refusal: 'llm_adjustment_original_qty_invalid' }
  return clampQty({ wanted, text: adjusted }, sizeRange(size, rules.policy), rules.belowMinimum)
}

/** A minimum above the maximum (two policies at odds) leaves nothing to clamp to. */
function sizeRange(size: Big, policy: AdvicePolicy): { min: Big; max: Big } {
  return {
    min: size.times(policy.min_qty_multiplier).round(FRACTION_DIGITS_MAX, Big.roundUp),
    max: size.times(policy.max_qty_multiplier).round(FRACTION_DIGITS_MAX, Big.roundDown),
  }
}

function clampQty(
  { wanted, text }: { wanted: Big; text: string },
  { min, max }: { min: Big; max: Big },
  belowMinimum: 'clamp' | 'veto',
): Size {
  if (min.gt(max)) return { refusal: 'llm_adjustment_range_empty' }
  if (max.lte(0)) return { refusal: 'llm_adjustment_non_positive' }
  if (wanted.gt(max)) return { qty: max.toFixed(), clamp: 'llm_adjustment_clamped_max' }
  if (wanted.gte(min)) return { qty: text, clamp: null }
  if (belowMinimum !== 'clamp') return { refusal: 'llm_adjustment_below_min' }
  return { qty: min.toFixed(), clamp: 'llm_adjustment_clamped_min' }
}

type Price = { limitPrice: string | null } | { refusal: string }

/** An advised price must be a price even where the type has no use for it: an advice that sends −1 is not sane. */
function adjustLimitPrice(advised: string | null, order: AdjustableOrder, orderType: OrderType): Price {
  const kept = orderType === order.orderType ? order.limitPrice : null
  const takesLimit = orderType === 'limit' || orderType === 'stop_limit'
  const price = advised ?? (takesLimit ? kept : null)
  if (price === null) return takesLimit ? { refusal: 'llm_adjustment_missing_limit_price' } : { limitPrice: null }
  if (readPositiveDecimal(price) === null) return { refusal: 'llm_adjustment_limit_price_invalid' }
  return { limitPrice: takesLimit ? price : null }
}
