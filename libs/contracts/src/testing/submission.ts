/** A small, valid body of `POST /v1/reviews`; each call makes a new object that a test may change. */
export function exampleSubmission() {
  return {
    trade_decision_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a01',
    order: { limit_price: null, stop_price: null, reduce_only: false },
    gate_state: {
      as_of: '2026-02-27T15:30:50Z',
      instrument: { tick_size: '0.01', lot_size: '1', min_qty: '1', halted: false, restricted: false, shortable: true },
      session: { state: 'regular', ends_at: null },
      reference_price: { price: '182.41', as_of: '2026-02-27T15:30:59Z', source: 'ta_microbars' },
      pending_orders: [],
      activity: { orders_last_minute: 1, orders_today: 4, repeats_today: 0 },
      pnl: { day_pnl_usd: '-120.50', drawdown: 0.01 },
    },
    request: {
      decision: {
        strategy_id: '5b0c9a52-3d1e-4f0a-9a77-1c1f0f7d2a11',
        symbol: 'NVDA',
        action: 'buy',
        qty: '10',
        order_type: 'market',
        time_in_force: 'day',
        event_ts: '2026-02-27T15:31:00Z',
        timeframe: '1Min',
        rationale: 'macd_cross_up,rsi_below_max',
        regime_hmm: null,
        params: { macd: '0.31', macd_signal: '0.18', rsi: '41.7', price: '182.41', volatility: '0.0041' },
      },
      portfolio: {
        equity: '100000',
        cash: '64000',
        buying_power: '128000',
        total_exposure: '0',
        exposure_by_symbol: {},
        positions: [],
      },
      market: { symbol: 'NVDA', as_of: '2026-02-27T15:31:00Z', price: '182.41', spread: '0.02', source: 'decision_params' },
      market_context: {
        contextVersion: 'torghut.market-context.v1',
        symbol: 'NVDA',
        asOfUtc: '2026-02-27T15:30:48Z',
        freshnessSeconds: 12,
        qualityScore: 0.5,
        sourceCount: 2,
        riskFlags: ['fundamentals_missing', 'news_missing'],
        domains: {
          technicals: domain('technicals', 'ok', 60, 1),
          fundamentals: domain('fundamentals', 'missing', 86_400, 0),
          news: domain('news', 'missing', 600, 0),
          regime: domain('regime', 'ok', 120, 1),
        },
      },
      recent_decisions: [],
      account: { equity: '100000', cash: '64000', buying_power: '128000' },
      positions: [],
      policy: {
        adjustment_allowed: true,
        min_qty_multiplier: '0.5',
        max_qty_multiplier: '1',
        allowed_order_types: ['limit', 'market'],
      },
      trading_mode: 'paper',
      prompt_version: 'dspy:v1',
    },
  }
}

/** A context block as the market-context gateway writes it: camelCase. */
function domain(name: string, state: string, maxFreshnessSeconds: number, qualityScore: number) {
  const known = state === 'ok'
  return {
    domain: name,
    state,
    asOf: known ? '2026-02-27T15:30:48Z' : null,
    freshnessSeconds: known ? 12 : null,
    maxFreshnessSeconds,
    sourceCount: known ? 1 : 0,
    qualityScore,
    payload: {},
    citations: [],
    riskFlags: known ? [] : [`${name}_missing`],
  }
}
