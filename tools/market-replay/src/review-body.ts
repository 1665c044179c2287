import type { Bar } from './bars.ts'
import { centsToDecimal, toDecimal } from './decimals.ts'
import type { Signal } from './indicators.ts'
import { buildMarketContext } from './market-context.ts'
import type { AccountMark } from './paper-account.ts'
import { ENTRY_EQUITY_SHARE } from './paper-account.ts'
import type { RegimeBlock } from './regime.ts'
import { ruleRegime } from './regime.ts'
import { PRICE_SOURCE } from './results.ts'
import type { Side } from './strategies.ts'

/** The replayed instrument: the index itself, as if one point cost one dollar. */
export const SYMBOL = 'SPX'

/** The session after the close ends at 20:00 New York. */
const POST_SESSION_HOURS = 4

/** How many earlier decisions a request carries (the contract's default). */
export const RECENT_DECISIONS_MAX = 5

/** A decision of the same strategy and symbol, as the contract lists it. */
export interface RecentDecision {
  decision_id: string
  strategy_id: string
  symbol: string
  action: Side
  qty: string
  status: 'filled' | 'rejected' | 'submitted'
  created_at: string
  rationale: string
  price: string
}

/** Everything one decision is made of, all of it known at the bar's close. */
export interface DecisionFacts {
  decisionId: string
  strategyId: string
  action: Side
  qty: number
  reducing: boolean
  rationale: string
  bar: Bar
  signal: Signal
  account: AccountMark
  recent: readonly RecentDecision[]
  activity: { orders_last_minute: number; orders_today: number; repeats_today: number }
}

/** Builds the whole body of `POST /v1/reviews` for one decision taken at a close. */
export function buildReviewBody(facts: DecisionFacts) {
  const { bar, account } = facts
  const price = centsToDecimal(bar.closeCents)
  return {
    trade_decision_id: facts.decisionId,
    order: { limit_price: null, stop_price: null, reduce_only: facts.reducing },
    gate_state: gateState(facts, price),
    request: {
      decision: buildDecision(facts, price),
      portfolio: buildPortfolio(account, price),
      market: { symbol: SYMBOL, as_of: bar.closeAt, price, spread: null, source: 'decision_params' },
      market_context: buildMarketContext(SYMBOL, bar, facts.signal),
      recent_decisions: facts.recent.slice(0, RECENT_DECISIONS_MAX),
      account: accountFigures(account),
      positions: positions(account, price),
      policy: {
        adjustment_allowed: true,
        min_qty_multiplier: '0.5',
        max_qty_multiplier: '1',
        allowed_order_types: ['limit', 'market'],
      },
      trading_mode: 'paper' as const,
      prompt_version: 'dspy:v1',
    },
  }
}

export type ReviewBody = ReturnType<typeof buildReviewBody>

function gateState({ bar, account, activity }: DecisionFacts, price: string) {
  return {
    as_of: bar.closeAt,
    instrument: {
      tick_size: '0.01',
      lot_size: '1',
      min_qty: '1',
      halted: false,
      restricted: false,
      shortable: true,
    },
    // The regular session has just ended; a decision on its close has the four hours of the one after it.
    session: { state: 'post' as const, ends_at: hoursAfter(bar.closeAt, POST_SESSION_HOURS) },
    reference_price: { price, as_of: bar.closeAt, source: PRICE_SOURCE },
    pending_orders: [],
    activity,
    pnl: { day_pnl_usd: toDecimal(account.dayPnl, 2), drawdown: Number(account.drawdown.toFixed(8)) },
  }
}

function hoursAfter(instant: string, hours: number): string {
  return new Date(Date.parse(instant) + hours * 3_600_000).toISOString()
}

function buildDecision(facts: DecisionFacts, price: string) {
  const { bar, signal, account } = facts
  const regime: RegimeBlock = ruleRegime(signal)
  return {
    strategy_id: facts.strategyId,
    symbol: SYMBOL,
    action: facts.action,
    qty: String(facts.qty),
    order_type: 'market' as const,
    time_in_force: 'day' as const,
    event_ts: bar.closeAt,
    timeframe: '1Day',
    rationale: facts.rationale,
    regime_hmm: regime,
    params: {
      macd: toDecimal(signal.macd, 6),
      macd_signal: toDecimal(signal.macdSignal, 6),
      rsi: toDecimal(signal.rsi, 4),
      price,
      volatility: toDecimal(signal.volatility, 8),
      price_snapshot: { as_of: bar.closeAt, price, source: PRICE_SOURCE },
      sizing: facts.reducing
        ? { method: 'close_position', reason: facts.rationale }
        : { method: 'equity_share_even_lots', notional_budget: toDecimal(account.equity * ENTRY_EQUITY_SHARE, 2) },
    },
  }
}

function buildPortfolio(account: AccountMark, price: string) {
  const held = positions(account, price)
  return {
    ...accountFigures(account),
    total_exposure: toDecimal(account.exposure, 2),
    exposure_by_symbol: Object.fromEntries(held.map((position) => [position.symbol, position.market_value])),
    positions: held,
  }
}

function accountFigures(account: AccountMark) {
  return {
    equity: toDecimal(account.equity, 2),
    cash: toDecimal(account.cash, 2),
    buying_power: toDecimal(account.buyingPower, 2),
  }
}

/** A short carries a positive quantity and `side: "short"`; its market value is negative, as exposure is signed. */
function positions({ position, exposure }: AccountMark, price: string) {
  if (position === null) return []
  const sign = position.side === 'long' ? 1 : -1
  const cost = position.qty * position.entryPrice
  const profit = sign * (exposure - cost)
  return [
    {
      symbol: SYMBOL,
      qty: String(position.qty),
      side: position.side,
      market_value: toDecimal(sign * exposure, 2),
      avg_entry_price: toDecimal(position.entryPrice, 2),
      current_price: price,
      unrealized_pl: toDecimal(profit, 2),
      unrealized_plpc: toDecimal(profit / cost, 6),
      cost_basis: toDecimal(sign * cost, 2),
    },
  ]
}
