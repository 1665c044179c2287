import { parseReviewSubmission } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { buildReviewBody } from './review-body.ts'
import type { DecisionFacts } from './review-body.ts'

const FACTS: DecisionFacts = {
  decisionId: '9b1d6a44-2f8c-5b7e-9c55-0a1b2c3d4e5f',
  strategyId: '3f1d6a44-2f8c-5b7e-9c55-0a1b2c3d4e5f',
  action: 'buy',
  qty: 20,
  reducing: true,
  rationale: 'max_holding',
  bar: {
    date: '2008-10-10',
    closeAt: '2008-10-10T21:00:00Z',
    openCents: 90_000,
    highCents: 91_000,
    lowCents: 88_000,
    closeCents: 90_010,
    volume: 11_456_230_400,
  },
  signal: {
    macd: -71.123456789,
    macdSignal: -40.5,
    histogram: -30.6,
    rsi: 15.000049,
    volatility: 0.0312345678,
    trend: -0.23456789123,
    breakout: true,
  },
  account: {
    equity: 1_001_998,
    cash: 1_020_000,
    buyingPower: 983_996,
    exposure: 18_002,
    dayPnl: -35.5,
    drawdown: 0.00123456789,
    position: { side: 'short', qty: 20, entryPrice: 1000 },
  },
  recent: [],
  activity: { orders_last_minute: 0, orders_today: 0, repeats_today: 0 },
}

test('buildReviewBody() shows a short once: positive quantity, side short, negative value', () => {
  const { request, order } = buildReviewBody(FACTS)
  expect(order).toEqual({ limit_price: null, stop_price: null, reduce_only: true })
  expect(request.positions).toEqual([
    {
      symbol: 'SPX',
      qty: '20',
      side: 'short',
      market_value: '-18002',
      avg_entry_price: '1000',
      current_price: '900.1',
      unrealized_pl: '1998',
      unrealized_plpc: '0.0999',
      cost_basis: '-20000',
    },
  ])
  expect(request.portfolio).toMatchObject({
    equity: '1001998',
    total_exposure: '18002',
    exposure_by_symbol: { SPX: '-18002' },
    positions: request.positions,
  })
})

test('buildReviewBody() says that fundamentals and news are missing, and halves the quality for it', () => {
  const { market_context: context } = buildReviewBody(FACTS).request
  expect(context).toMatchObject({
    as_of_utc: '2008-10-10T21:00:00Z',
    freshness_seconds: 0,
    quality_score: 0.5,
    source_count: 2,
    risk_flags: ['fundamentals_missing', 'news_missing'],
  })
  expect(context.domains.news).toMatchObject({ state: 'missing', as_of: null, quality_score: 0 })
  expect(context.domains.technicals).toMatchObject({ state: 'ok', as_of: '2008-10-10T21:00:00Z' })
})

test('buildReviewBody() writes one figure the same way wherever it appears', () => {
  const { decision, market_context: context, market } = buildReviewBody(FACTS).request
  expect(decision.params).toMatchObject({ rsi: '15', volatility: '0.03123457', macd: '-71.123457', price: '900.1' })
  expect(context.domains.technicals.payload).toMatchObject({ rsi14: 15, macd: -71.123457, price: 900.1 })
  expect(context.domains.regime.payload).toMatchObject({ volatility: 0.03123457, trend: -0.23456789 })
  expect(market).toMatchObject({ price: '900.1', spread: null, as_of: '2008-10-10T21:00:00Z' })
})

test('buildReviewBody() takes state, price and decision from the same close', () => {
  const body = buildReviewBody(FACTS)
  expect(body.gate_state).toMatchObject({
    as_of: '2008-10-10T21:00:00Z',
    reference_price: { price: '900.1', as_of: '2008-10-10T21:00:00Z', source: 'sp500-daily' },
    pnl: { day_pnl_usd: '-35.5', drawdown: 0.00123457 },
  })
  expect(body.request.decision.event_ts).toBe('2008-10-10T21:00:00Z')
  expect(parseReviewSubmission(JSON.parse(JSON.stringify(body))).ok).toBe(true)
})
