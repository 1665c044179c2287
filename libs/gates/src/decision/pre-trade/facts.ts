import type {
  GateLimits,
  GatePolicy,
  GateState,
  MarketContext,
  RegimeAction,
  ReviewAdvice,
  ReviewSubmission,
  ReviewedOrder,
  SkipReason,
  Stage,
  TradeDecision,
} from '@torghut/contracts'
import { limitsFor } from '@torghut/contracts'

import { larger, readPositiveUnits, readUnits, smaller } from '../../evidence/decimal.ts'
import { readInstant } from '../../evidence/instant.ts'
import type { ControlsSnapshot } from '../controls.ts'
import { netPosition, pendingQty } from '../reducing-proof.ts'
import { prepareOrder, takesLimit, takesStop } from './prepare-order.ts'
import { regimeAction } from './regime.ts'

/** All that pre-trade gates are told. Its policy carries the mode the review counts as, the stricter of two. */
export interface PreTradeEvidence {
  submission: ReviewSubmission
  advice: ReviewAdvice | null
  llmSkipped: SkipReason | null
  policy: GatePolicy
  controls: ControlsSnapshot
  decidedAt: string
  stage: Stage
  durable: boolean
}

/**
 * What the gates judge, read once: decimals in units, a notional in units of units, instants in nanoseconds. Null where
 * something was sent that cannot be read, or where the gate state it would come from is absent.
 */
export interface PreTradeFacts {
  submission: ReviewSubmission
  decision: TradeDecision
  state: GateState | null
  context: MarketContext | null
  policy: GatePolicy
  limits: GateLimits
  mode: 'paper' | 'live'
  advice: ReviewAdvice | null
  llmSkipped: SkipReason | null
  controls: ControlsSnapshot
  stage: Stage
  durable: boolean
  /** When the decision was taken, and when it is judged. */
  eventAt: bigint | null
  decidedAt: bigint | null
  /**
   * The instant ages of data are measured at: when the review is decided, or, where the policy sets the decision itself
   * no age, when the decision was taken. A recorded decision can then be reviewed again with the data of its own day.
   */
  asOf: bigint | null
  regime: RegimeAction
  /** The order as it would be sent: after a degrade, rounded to lot and tick. */
  order: ReviewedOrder
  qty: bigint | null
  limitPrice: bigint | null
  stopPrice: bigint | null
  reference: bigint | null
  /** The highest price the order names or the market showed: what it may cost at most, as far as anybody knows. */
  price: bigint | null
  notional: bigint | null
  /** Open position of the symbol, long positive, and pending quantity on the order's side. */
  net: bigint | null
  pending: bigint | null
  equity: bigint | null
  buyingPower: bigint | null
  stateAt: bigint | null
  referenceAt: bigint | null
  contextAt: bigint | null
}

/** Reads the facts of an order; null when the evidence has holes where the questions would be put. Never throws. */
export function gatherFacts(evidence: PreTradeEvidence, order: ReviewedOrder): PreTradeFacts | null {
  try {
    return readFacts(evidence, order)
  } catch {
    return null
  }
}

function readFacts(evidence: PreTradeEvidence, wanted: ReviewedOrder): PreTradeFacts {
  const { submission, advice, policy, controls, llmSkipped, stage, durable } = evidence
  const { decision, market_context: context, positions, portfolio, account } = submission.request
  const state = submission.gate_state ?? null
  const limits = limitsFor(policy, decision.symbol)
  const regime = regimeAction(decision.regime_hmm ?? null, advice, policy.regime)
  const order = prepareOrder(wanted, { side: decision.action, instrument: state?.instrument ?? null, regime })
  const qty = readPositiveUnits(order.qty)
  const prices = readPrices(order, state)
  const eventAt = readInstant(decision.event_ts)
  const decidedAt = readInstant(evidence.decidedAt)
  const pendingOrders = state?.pending_orders
  return {
    submission,
    decision,
    state,
    context: context ?? null,
    policy,
    limits,
    mode: policy.trading_mode === 'paper' ? 'paper' : 'live',
    advice,
    llmSkipped,
    controls,
    stage,
    durable,
    eventAt,
    decidedAt,
    asOf: limits.max_decision_age_seconds === null ? eventAt : decidedAt,
    regime,
    order,
    qty,
    ...prices,
    notional: qty === null || prices.price === null ? null : qty * prices.price,
    equity: smallerOf(portfolio?.equity, account?.equity),
    buyingPower: smallerOf(portfolio?.buying_power, account?.buying_power),
    stateAt: readInstant(state?.as_of),
    referenceAt: readInstant(state?.reference_price.as_of),
    contextAt: readInstant(context?.as_of_utc),
    net: Array.isArray(positions) ? netPosition(positions, decision.symbol) : null,
    pending: Array.isArray(pendingOrders) ? pendingQty(pendingOrders, decision.symbol, decision.action) : null,
  }
}

/** The smaller of what portfolio and account state; null when neither does or one cannot be read. */
function smallerOf(one: unknown, other: unknown): bigint | null {
  const isStated = [one !== null && one !== undefined, other !== null && other !== undefined]
  const [first, second] = [readUnits(one), readUnits(other)]
  if ((isStated[0] && first === null) || (isStated[1] && second === null)) return null
  if (first === null || second === null) return first ?? second
  return smaller(first, second)
}

/** A price the type has no use for is nobody's bound. */
function readPrices(order: ReviewedOrder, state: GateState | null) {
  const limitPrice = takesLimit(order.order_type) ? readPositiveUnits(order.limit_price) : null
  const stopPrice = takesStop(order.order_type) ? readPositiveUnits(order.stop_price) : null
  const reference = state === null ? null : readPositiveUnits(state.reference_price.price)
  const isWhole = takesLimit(order.order_type) === (limitPrice !== null) && takesStop(order.order_type) === (stopPrice !== null)
  const price = reference !== null && isWhole ? highest(reference, limitPrice, stopPrice) : null
  return { limitPrice, stopPrice, reference, price }
}

function highest(first: bigint, second: bigint | null, third: bigint | null): bigint {
  return larger(larger(first, second ?? first), third ?? first)
}
