import type { ReviewedOrder, ReviewSubmission } from '@torghut/contracts'

/** The order as the caller sent it: the contract's decision carries no prices, they travel beside the request. */
export function originalOrder({ order, request: { decision } }: ReviewSubmission): ReviewedOrder {
  return {
    qty: decision.qty,
    order_type: decision.order_type,
    limit_price: order?.limit_price ?? null,
    stop_price: order?.stop_price ?? null,
  }
}
