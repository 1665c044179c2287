import { ReviewRequest } from '@torghut/contracts'
import type { DeskRuleName } from '@torghut/market-replay/desk-rules'
import { deskLabel } from '@torghut/market-replay/desk-rules'

interface Situation {
  side: 'buy' | 'sell'
  rsi: number
  volatility: number
  trend: number
}

/**
 * One situation in the middle of each rule's reach; `requestUnder` varies it without leaving the
 * rule.
 */
const SITUATIONS = {
  'panic-volatility': { side: 'buy', rsi: 50, volatility: 0.03, trend: 0 },
  'chasing-extreme': { side: 'buy', rsi: 75, volatility: 0.009, trend: 0.01 },
  'long-into-stressed-downtrend': { side: 'buy', rsi: 45, volatility: 0.015, trend: -0.02 },
  'short-against-calm-uptrend': { side: 'sell', rsi: 55, volatility: 0.005, trend: 0.02 },
  'medium-stress': { side: 'sell', rsi: 45, volatility: 0.015, trend: 0 },
  'overextended-trend': { side: 'buy', rsi: 60, volatility: 0.009, trend: 0.05 },
  'ordinary-risk': { side: 'buy', rsi: 50, volatility: 0.009, trend: 0.01 },
} as const satisfies Partial<Record<DeskRuleName, Situation>>

export type EntryRule = keyof typeof SITUATIONS

/**
 * How often each rule speaks in a realistic mix, in hundredths: about what twenty replayed years of
 * entries hold.
 */
export const REALISTIC_MIX: Readonly<Record<EntryRule, number>> = {
  'ordinary-risk': 48,
  'short-against-calm-uptrend': 18,
  'long-into-stressed-downtrend': 12,
  'medium-stress': 9,
  'overextended-trend': 7,
  'panic-volatility': 4,
  'chasing-extreme': 2,
}

/** A request the given rule decides; another `variant` is another request under the same rule. */
export function requestUnder(
  rule: EntryRule,
  variant = 0,
  policy: Partial<ReviewRequest['policy']> = {},
): ReviewRequest {
  const { side, rsi, volatility, trend }: Situation = SITUATIONS[rule]
  const at = new Date(Date.UTC(2010, 0, 4, 21) + variant * 86_400_000).toISOString()
  const request = ReviewRequest.parse({
    decision: {
      strategy_id: 'trend-daily',
      symbol: 'SPX',
      action: side,
      qty: String(20 + 2 * (variant % 50)),
      order_type: 'market',
      time_in_force: 'day',
      event_ts: at,
      timeframe: '1Day',
      params: { rsi: (rsi + (variant % 10) / 10).toFixed(4), volatility: volatility.toFixed(8) },
    },
    portfolio: {},
    market_context: contextWithTrend(at, trend),
    policy: {
      adjustment_allowed: true,
      min_qty_multiplier: '0.5',
      max_qty_multiplier: '1',
      allowed_order_types: ['market'],
      ...policy,
    },
    trading_mode: 'paper',
    prompt_version: 'dspy:v1',
  })
  if (deskLabel(request).rule !== rule) throw new RangeError(`Expected a request under ${rule}`)
  return request
}

/** `count` requests in the realistic mix, in a fixed order. */
export function realisticRequests(count: number): ReviewRequest[] {
  const rules = Object.entries(REALISTIC_MIX).flatMap(([rule, share]) =>
    Array<EntryRule>(share).fill(rule as EntryRule),
  )
  return Array.from({ length: count }, (_, index) =>
    requestUnder(rules[index % rules.length] ?? 'ordinary-risk', index),
  )
}

function contextWithTrend(asOf: string, trend: number): unknown {
  const domain = (name: string, payload: object) => ({
    domain: name,
    state: 'ok',
    as_of: asOf,
    freshness_seconds: 0,
    max_freshness_seconds: 60,
    source_count: 1,
    quality_score: 1,
    payload,
  })
  return {
    context_version: 'torghut.market-context.v1',
    symbol: 'SPX',
    as_of_utc: asOf,
    freshness_seconds: 0,
    quality_score: 1,
    source_count: 4,
    domains: {
      technicals: domain('technicals', {}),
      fundamentals: domain('fundamentals', {}),
      news: domain('news', {}),
      regime: domain('regime', { trend }),
    },
  }
}
