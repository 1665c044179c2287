import { OrderType } from '@torghut/contracts'
import type { GateState, Position, ReviewSubmission, TradeAction } from '@torghut/contracts'

import { formatUnits, magnitude, readPositiveUnits, readUnits } from '../evidence/decimal.ts'
import { NANOSECONDS_PER_SECOND, formatSeconds, readInstant } from '../evidence/instant.ts'
import { errorName } from '../evidence/outcome.ts'
import type { Evidence } from '../evidence/outcome.ts'
import { hasRealPrices } from './order-shape.ts'
import type { GateAbout } from './gate-about.ts'

export const PROVED_EXIT_ABOUT: GateAbout = {
  gate: 'proved-exit',
  codes: [],
  checks: 'The order can only shrink an open position, also if every pending order of its side fills first',
  why: 'Ours: no limit, model or missing datum may keep a position open; listed alone when it passes and not at all otherwise',
  limits: [],
  action: 'Send positions and pending orders of at most 60 s before the decision; an exit that is not proved counts as new risk',
}

/**
 * Oldest snapshot that still proves an exit, in seconds before the decision's own time (wire rules, proved exit).
 * The same bound holds the other way: state is usually gathered a moment after the signal, so a later snapshot is
 * honest, but one far later describes a position this decision never saw.
 */
const SNAPSHOT_AGE_MAX = 60n * NANOSECONDS_PER_SECOND

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
  const qty = readPositiveUnits(decision.qty)
  const pendingOrders = state?.pending_orders
  if (qty === null || !OrderType.options.includes(decision.order_type) || !hasRealPrices(order)) {
    return unproved('order_unreadable')
  }
  if (!Array.isArray(positions)) return unproved('positions_missing')
  if (!state) return unproved('gate_state_missing')
  if (!Array.isArray(pendingOrders)) return unproved('pending_orders_missing')
  const age = snapshotAge(decision.event_ts, state.as_of)
  if (age === null || magnitude(age) > SNAPSHOT_AGE_MAX) {
    return unproved('snapshot_too_far', { snapshot_age_seconds: age === null ? null : formatSeconds(age) })
  }
  const net = netPosition(positions, decision.symbol)
  if (net === null) return unproved('position_unreadable')
  const pending = pendingQty(pendingOrders, decision.symbol, decision.action)
  if (pending === null) return unproved('pending_unreadable')
  const evidence = {
    net_position: formatUnits(net),
    pending_qty: formatUnits(pending),
    order_qty: formatUnits(qty),
    snapshot_age_seconds: formatSeconds(age),
  }
  return compareWithPosition({ side: decision.action, qty, pending, net, evidence })
}

function compareWithPosition(exit: {
  side: TradeAction
  qty: bigint
  pending: bigint
  net: bigint
  evidence: Evidence
}): ReducingProof {
  const { side, qty, pending, net, evidence } = exit
  const exitSide = net > 0n ? 'sell' : net < 0n ? 'buy' : null
  if (exitSide === null) return unproved('no_open_position', evidence)
  if (side !== exitSide) return unproved('side_adds_risk', evidence)
  if (qty + pending > magnitude(net)) return unproved('exceeds_position', evidence)
  return { reducing: true, code: 'proved', evidence }
}

/** Positive when the snapshot is older than the decision. */
function snapshotAge(eventTs: unknown, asOf: unknown): bigint | null {
  const [decided, seen] = [readInstant(eventTs), readInstant(asOf)]
  return decided === null || seen === null ? null : decided - seen
}

/** Long positive, short negative, in units; null when a row that may concern the symbol cannot be read. */
export function netPosition(positions: readonly Position[], symbol: string): bigint | null {
  let net = 0n
  for (const position of positions) {
    if (typeof position.symbol !== 'string' || position.symbol === '') return null
    if (position.symbol !== symbol) continue
    const signed = signedQty(position)
    if (signed === null) return null
    net += signed
  }
  return net
}

/** Brokers mark a short by its side, by a negative quantity, or by both: each means short once. */
function signedQty({ qty, side }: Position): bigint | null {
  const size = readUnits(qty)
  if (size === null) return null
  if (side === 'short') return -magnitude(size)
  return side === 'long' || side === undefined || side === null ? size : null
}

/** Whatever may fill before this order on the same side, reduce-only or not, in units. */
export function pendingQty(orders: GateState['pending_orders'], symbol: string, side: TradeAction): bigint | null {
  let total = 0n
  for (const order of orders) {
    if (typeof order.symbol !== 'string' || order.symbol === '') return null
    if (order.symbol !== symbol) continue
    const qty = readUnits(order.qty)
    if (qty === null || qty < 0n || (order.side !== 'buy' && order.side !== 'sell')) return null
    if (order.side === side) total += qty
  }
  return total
}

function unproved(code: UnprovedCode, evidence: Evidence = {}): ReducingProof {
  return { reducing: false, code, evidence }
}
