import Big from 'big.js'

import { OrderType } from '@torghut/contracts'
import type { GateState, Position, ReviewSubmission, TradeAction } from '@torghut/contracts'

import { readDecimal, readPositiveDecimal } from '../evidence/decimal.ts'
import { readInstantSeconds } from '../evidence/instant.ts'
import { errorName } from '../evidence/outcome.ts'
import type { Evidence } from '../evidence/outcome.ts'
import { hasRealPrices } from './order-shape.ts'

/**
 * Oldest snapshot that still proves an exit, in seconds before the decision's own time (wire rules, proved exit).
 * The same bound holds the other way: state is usually gathered a moment after the signal, so a later snapshot is
 * honest, but one far later describes a position this decision never saw.
 */
const SNAPSHOT_AGE_MAX_SECONDS = 60

/** Why an exit is not proved. Unproved orders are treated as new risk; nothing is wrong with them otherwise. */
export type UnprovedCode =
  | 'positions_missing'
  | 'gate_state_missing'
  | 'pending_orders_missing'
  | 'order_unreadable'
  | 'snapshot_too_far'
  | 'position_unreadable'
  | 'pending_unreadable'
  | 'no_open_position'
  | 'side_adds_risk'
  | 'exceeds_position'
  | 'evidence_unreadable'

export type ReducingProof =
  | { reducing: true; code: 'proved'; evidence: Evidence }
  | { reducing: false; code: UnprovedCode; evidence: Evidence }

/**
 * Proves that an order can only shrink an open position, also if every pending order of its side fills first. The
 * order's own entry among the pending ones counts too: they carry no decision id to tell it by. Never throws.
 */
export function proveReducing(submission: ReviewSubmission): ReducingProof {
  try {
    return proveFromSnapshot(submission)
  } catch (error) {
    return unproved('evidence_unreadable', { error: errorName(error) })
  }
}

function proveFromSnapshot({ request, order, gate_state: state }: ReviewSubmission): ReducingProof {
  const { decision, positions } = request
  const qty = readPositiveDecimal(decision.qty)
  const pendingOrders = state?.pending_orders
  if (qty === null || !OrderType.options.includes(decision.order_type) || !hasRealPrices(order)) {
    return unproved('order_unreadable')
  }
  if (!Array.isArray(positions)) return unproved('positions_missing')
  if (!state) return unproved('gate_state_missing')
  if (!Array.isArray(pendingOrders)) return unproved('pending_orders_missing')
  const age = snapshotAgeSeconds(decision.event_ts, state.as_of)
  if (age === null || age.abs().gt(SNAPSHOT_AGE_MAX_SECONDS)) {
    return unproved('snapshot_too_far', { snapshot_age_seconds: age?.toFixed() ?? null })
  }
  const net = netPosition(positions, decision.symbol)
  if (net === null) return unproved('position_unreadable')
  const pending = pendingQty(pendingOrders, decision.symbol, decision.action)
  if (pending === null) return unproved('pending_unreadable')
  const evidence = {
    net_position: net.toFixed(),
    pending_qty: pending.toFixed(),
    order_qty: qty.toFixed(),
    snapshot_age_seconds: age.toFixed(),
  }
  return compareWithPosition({ side: decision.action, qty, pending, net, evidence })
}

function compareWithPosition(exit: {
  side: TradeAction
  qty: Big
  pending: Big
  net: Big
  evidence: Evidence
}): ReducingProof {
  const { side, qty, pending, net, evidence } = exit
  if (net.eq(0)) return unproved('no_open_position', evidence)
  if (side !== (net.gt(0) ? 'sell' : 'buy')) return unproved('side_adds_risk', evidence)
  if (qty.plus(pending).gt(net.abs())) return unproved('exceeds_position', evidence)
  return { reducing: true, code: 'proved', evidence }
}

/** Positive when the snapshot is older than the decision. */
function snapshotAgeSeconds(eventTs: unknown, asOf: unknown): Big | null {
  const [decidedSeconds, seenSeconds] = [readInstantSeconds(eventTs), readInstantSeconds(asOf)]
  return decidedSeconds === null || seenSeconds === null ? null : decidedSeconds.minus(seenSeconds)
}

/** Long positive, short negative; null when a row that may concern the symbol cannot be read. */
function netPosition(positions: readonly Position[], symbol: string): Big | null {
  let net = new Big(0)
  for (const position of positions) {
    if (typeof position.symbol !== 'string') return null
    if (position.symbol !== symbol) continue
    const signed = signedQty(position)
    if (signed === null) return null
    net = net.plus(signed)
  }
  return net
}

/** Brokers mark a short by its side, by a negative quantity, or by both: each means short once. */
function signedQty({ qty, side }: Position): Big | null {
  const size = readDecimal(qty)
  if (size === null) return null
  if (side === 'short') return size.abs().neg()
  return side === 'long' || side === undefined || side === null ? size : null
}

/** Whatever may fill before this order on the same side, reduce-only or not. */
function pendingQty(orders: GateState['pending_orders'], symbol: string, side: TradeAction): Big | null {
  let total = new Big(0)
  for (const order of orders) {
    if (typeof order.symbol !== 'string') return null
    if (order.symbol !== symbol) continue
    const qty = readDecimal(order.qty)
    if (qty === null || qty.lt(0) || (order.side !== 'buy' && order.side !== 'sell')) return null
    if (order.side === side) total = total.plus(qty)
  }
  return total
}

function unproved(code: UnprovedCode, evidence: Evidence = {}): ReducingProof {
  return { reducing: false, code, evidence }
}
