import { limitsFor } from '@torghut/contracts'

import { UNITS_PER_ONE, formatUnits, larger, magnitude, readUnits } from '../../evidence/decimal.ts'
import type { PreTradeFacts } from './facts.ts'
import type { Finding } from './gate.ts'

const BASIS_POINTS = 10_000n

/** Digits after the point of a notional: units times units. */
const NOTIONAL_DIGITS = 16

/** Position once the order and all pending ones of its side have filled, long positive; null when unreadable. */
export function positionAfter({ decision, net, pending, qty }: PreTradeFacts): bigint | null {
  if (net === null || pending === null || qty === null) return null
  if (decision.action === 'buy') return net + pending + qty
  return decision.action === 'sell' ? net - pending - qty : null
}

/**
 * Exposure in the symbol after the same, a notional. The position is counted by its rows and by the account's own figure
 * of exposure; where they differ the larger counts, since one of them lags.
 */
export function symbolExposureAfter(facts: PreTradeFacts): bigint | null {
  const after = positionAfter(facts)
  const { price, net, submission, decision } = facts
  if (after === null || price === null) return null
  // Stryker disable next-line ConditionalExpression: without a net position there was no position after, either
  if (net === null) return null
  const byRows = magnitude(after * price)
  const { exposure_by_symbol: stated } = submission.request.portfolio
  if (typeof stated !== 'object' || stated === null || Array.isArray(stated)) return null
  if (!Object.hasOwn(stated, decision.symbol)) return byRows
  const marked = readUnits(stated[decision.symbol])
  if (marked === null) return null
  const byAccount = magnitude(marked * UNITS_PER_ONE + (after - net) * price)
  return larger(byAccount, byRows)
}

/**
 * Exposure of the account with this and every pending order, a notional: the larger of the stated total and the sum of
 * the positions. A pending order of another symbol carries no price, so it counts as the largest order allowed there.
 */
export function grossExposureAfter(facts: PreTradeFacts): bigint | null {
  const { notional, submission, state } = facts
  const stated = readUnits(submission.request.portfolio.total_exposure)
  const held = positionsTotal(facts)
  if (notional === null || stated === null || stated < 0n || held === null || !Array.isArray(state?.pending_orders)) return null
  let total = larger(stated, held) * UNITS_PER_ONE + notional
  for (const order of state.pending_orders) {
    const worth = pendingWorth(order, facts)
    if (worth === null) return null
    total += worth
  }
  return total
}

/** Whether a notional is at most a share of an amount; an amount of nothing has room for nothing. */
export function judgeShare(notional: bigint | null, amount: bigint | null, bps: number): Finding {
  if (notional === null || amount === null || !Number.isSafeInteger(bps)) return 'unreadable'
  return notional * BASIS_POINTS <= amount * UNITS_PER_ONE * BigInt(bps) ? 'passed' : 'breached'
}

export function notionalText(notional: bigint | null): string | null {
  return notional === null ? null : formatUnits(notional, NOTIONAL_DIGITS)
}

export function qtyText(units: bigint | null): string | null {
  return units === null ? null : formatUnits(units)
}

function positionsTotal({ submission: { request } }: PreTradeFacts): bigint | null {
  if (!Array.isArray(request.positions)) return null
  let total = 0n
  for (const { market_value: value } of request.positions) {
    if (value === undefined) continue
    const worth = readUnits(value)
    if (worth === null) return null
    total += magnitude(worth)
  }
  return total
}

type Pending = NonNullable<PreTradeFacts['state']>['pending_orders'][number]

/** An order that can only reduce adds no exposure. */
function pendingWorth(order: Pending, { decision, price, policy }: PreTradeFacts): bigint | null {
  if (order.reduce_only === true) return 0n
  const qty = readUnits(order.qty)
  if (qty === null || qty < 0n || typeof order.symbol !== 'string') return null
  if (order.symbol === decision.symbol) return price === null ? null : qty * price
  const { max } = limitsFor(policy, order.symbol).order_notional_usd
  const worth = readUnits(max)
  return worth === null ? null : worth * UNITS_PER_ONE
}
