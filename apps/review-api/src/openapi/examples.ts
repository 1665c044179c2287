/** A body somebody may post as it stands: a test sends each one to a running API and expects it to be accepted. */
export interface Example {
  summary: string
  value: unknown
}

const DECIDED_AT = '2026-02-27T15:31:00Z'

/** The fields no submission can do without; everything else has a default. */
const minimalRequest = {
  decision: {
    strategy_id: 'macd-rsi-daily',
    symbol: 'NVDA',
    action: 'buy',
    qty: '10',
    order_type: 'market',
    time_in_force: 'day',
    event_ts: DECIDED_AT,
    timeframe: '1Day',
  },
  portfolio: {},
  policy: {
    adjustment_allowed: false,
    min_qty_multiplier: '0.5',
    max_qty_multiplier: '1',
    allowed_order_types: ['market', 'limit'],
  },
  trading_mode: 'paper',
  prompt_version: 'dspy:v1',
}

const gateState = {
  as_of: '2026-02-27T15:30:50Z',
  instrument: { tick_size: '0.01', lot_size: '1', min_qty: '1', halted: false, restricted: false, shortable: true },
  session: { state: 'regular', ends_at: null },
  reference_price: { price: '182.41', as_of: '2026-02-27T15:30:59Z', source: 'consolidated_tape' },
  pending_orders: [],
  activity: { orders_last_minute: 1, orders_today: 4, repeats_today: 0 },
  pnl: { day_pnl_usd: '-120.50', drawdown: 0.01 },
}

const account = { equity: '100000', cash: '64000', buying_power: '128000' }

const fullRequest = {
  ...minimalRequest,
  decision: {
    ...minimalRequest.decision,
    rationale: 'macd_cross_up,rsi_below_max',
    regime_hmm: { regime_id: 'calm', entropy_band: 'low', predicted_next: 'calm', artifact_version: 'hmm-7' },
    params: {
      macd: '0.31',
      macd_signal: '0.18',
      rsi: '41.7',
      price: '182.41',
      volatility: '0.0041',
      imbalance: { spread: '0.02' },
      sizing: { method: 'fixed_notional', notional_budget: '2000', price: '182.41' },
    },
  },
  portfolio: {
    ...account,
    total_exposure: '3600',
    exposure_by_symbol: { AMD: '3600' },
    positions: [{ symbol: 'AMD', qty: '20', side: 'long', market_value: '3600' }],
  },
  market: { symbol: 'NVDA', as_of: DECIDED_AT, price: '182.41', spread: '0.02', source: 'consolidated_tape' },
  recent_decisions: [
    {
      decision_id: 'a-7731',
      strategy_id: 'macd-rsi-daily',
      symbol: 'AMD',
      action: 'buy',
      qty: '20',
      status: 'filled',
      created_at: '2026-02-26T15:31:00Z',
      price: '180',
    },
  ],
  account,
  positions: [{ symbol: 'AMD', qty: '20', side: 'long' }],
}

/** The context bundle as the market-context gateway writes it. */
const camelCaseContext = {
  contextVersion: 'torghut.market-context.v1',
  symbol: 'NVDA',
  asOfUtc: '2026-02-27T15:30:48Z',
  freshnessSeconds: 12,
  qualityScore: 0.75,
  sourceCount: 3,
  riskFlags: ['fundamentals_missing'],
  domains: {
    technicals: camelCaseDomain('technicals', 60),
    fundamentals: { ...camelCaseDomain('fundamentals', 86_400), state: 'missing', asOf: null, qualityScore: 0 },
    news: {
      ...camelCaseDomain('news', 600),
      payload: { headlines: ['Chip demand holds up'] },
      citations: [{ source: 'newswire', publishedAt: '2026-02-27T15:12:00Z', url: 'https://news.example/chips' }],
    },
    regime: camelCaseDomain('regime', 120),
  },
}

const snakeCaseContext = {
  context_version: 'torghut.market-context.v1',
  symbol: 'NVDA',
  as_of_utc: '2026-02-27T15:30:48Z',
  freshness_seconds: 12,
  quality_score: 0.9,
  source_count: 4,
  domains: {
    technicals: snakeCaseDomain('technicals', 60),
    fundamentals: snakeCaseDomain('fundamentals', 86_400),
    news: snakeCaseDomain('news', 600),
    regime: snakeCaseDomain('regime', 120),
  },
}

export const reviewExamples: Record<string, Example> = {
  minimal_entry: {
    summary: 'The least a scheduler can send',
    value: { trade_decision_id: '5d0f3c80-6a0b-4f29-9a35-0b8f5d1f0a01', request: minimalRequest },
  },
  full_entry: {
    summary: 'An entry with everything a reviewer reads, context in camelCase',
    value: {
      trade_decision_id: '5d0f3c80-6a0b-4f29-9a35-0b8f5d1f0a02',
      order: { limit_price: null, stop_price: null, reduce_only: false },
      gate_state: gateState,
      request: { ...fullRequest, market_context: camelCaseContext },
    },
  },
  adjustable_entry: {
    summary: 'A limit order that a reviewer may make smaller, context in snake_case',
    value: {
      trade_decision_id: '5d0f3c80-6a0b-4f29-9a35-0b8f5d1f0a03',
      order: { limit_price: '182.40', stop_price: null, reduce_only: false },
      gate_state: gateState,
      request: {
        ...fullRequest,
        decision: { ...fullRequest.decision, order_type: 'limit' },
        market_context: snakeCaseContext,
        policy: { ...fullRequest.policy, adjustment_allowed: true },
      },
    },
  },
  proved_exit: {
    summary: 'An order that can only shrink an open position: approved without asking the model',
    value: {
      trade_decision_id: '5d0f3c80-6a0b-4f29-9a35-0b8f5d1f0a04',
      order: { limit_price: null, stop_price: null, reduce_only: true },
      gate_state: gateState,
      request: {
        ...fullRequest,
        decision: { ...fullRequest.decision, symbol: 'AMD', action: 'sell', qty: '20', rationale: 'take_profit' },
      },
    },
  },
}

export const outcomeExamples: Record<string, Example> = {
  realised_and_counterfactual: {
    summary: 'What the entries of the review examples came to',
    value: {
      outcomes: [
        {
          ...tradeResult({ id: '01', decision: '02', kind: 'realised', exit: '184.23' }),
          gross: '0.00997752',
          net: '0.00947752',
        },
        {
          ...tradeResult({ id: '02', decision: '01', kind: 'counterfactual', exit: '180.58' }),
          gross: '-0.01003234',
          net: '-0.01053234',
        },
      ],
    },
  },
}

export const feedbackExamples: Record<string, Example> = {
  person_and_desk_rule: {
    summary: 'What a trader and a desk rule say of the entries of the review examples',
    value: {
      feedback: [
        {
          feedback_id: '2e7f4d90-1c35-4a68-b0d1-6f8a9e3b5c01',
          trade_decision_id: '5d0f3c80-6a0b-4f29-9a35-0b8f5d1f0a02',
          source: { kind: 'person', id: 'trader-7' },
          label: 'adjust',
          reason: 'Half the size would have done before the earnings call',
          known_at: '2026-02-27T16:05:00Z',
        },
        {
          feedback_id: '2e7f4d90-1c35-4a68-b0d1-6f8a9e3b5c02',
          trade_decision_id: '5d0f3c80-6a0b-4f29-9a35-0b8f5d1f0a03',
          source: { kind: 'desk_rule', id: 'no-late-longs' },
          label: 'approve',
          reason: '',
          known_at: '2026-02-27T15:31:05Z',
        },
      ],
    },
  },
}

export const controlExamples: Record<string, Example> = {
  halt_one_symbol: {
    summary: 'No new risk in one symbol until somebody lifts the halt',
    value: { value: true, scope: { symbol: 'GME' }, reason: 'The exchange announced a halt', expires_at: null },
  },
  lift_the_halt: {
    summary: 'The same switch, turned back',
    value: { value: false, scope: { symbol: 'GME' }, reason: 'Trading resumed' },
  },
}

function camelCaseDomain(domain: string, maxFreshnessSeconds: number) {
  return {
    domain,
    state: 'ok',
    asOf: '2026-02-27T15:30:48Z',
    freshnessSeconds: 12,
    maxFreshnessSeconds,
    sourceCount: 1,
    qualityScore: 1,
  }
}

function snakeCaseDomain(domain: string, maxFreshnessSeconds: number) {
  return {
    domain,
    state: 'ok',
    as_of: '2026-02-27T15:30:48Z',
    freshness_seconds: 12,
    max_freshness_seconds: maxFreshnessSeconds,
    source_count: 1,
    quality_score: 0.9,
  }
}

/** A result without its figures: costs are 0.0005 of the notional. */
function tradeResult(facts: { id: string; decision: string; kind: string; exit: string }) {
  return {
    outcome_id: `9c4b1e52-7d13-4b0e-8e2a-3f6c2d5a7b${facts.id}`,
    trade_decision_id: `5d0f3c80-6a0b-4f29-9a35-0b8f5d1f0a${facts.decision}`,
    kind: facts.kind,
    horizon: 'P1D',
    entry: { price: '182.41', at: '2026-02-27T15:31:02Z' },
    exit: { price: facts.exit, at: '2026-02-28T15:31:02Z' },
    costs: [
      { name: 'commission', value: '0.0002' },
      { name: 'spread', value: '0.0003' },
    ],
    price_source: 'consolidated_tape',
    event_at: '2026-02-28T15:31:02Z',
    known_at: '2026-02-28T15:32:00Z',
  }
}
