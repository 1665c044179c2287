import type { Bar } from './bars.ts'
import type { Signal } from './indicators.ts'

/**
 * The decision-time bundle: technicals and regime come from the bar just closed, so their age is 0; no fundamentals
 * and no news exist for these days, which is said as `missing` with its flag, never filled in. Ages in seconds are the
 * contract's maxima outside market hours.
 */
export function buildMarketContext(symbol: string, bar: Bar, signal: Signal) {
  const technicals = knownDomain('technicals', 60, bar, {
    price: bar.closeCents / 100,
    spread: null,
    rsi14: round(signal.rsi, 4),
    macd: round(signal.macd, 6),
    macdSignal: round(signal.macdSignal, 6),
    volume: bar.volume,
    sourceError: null,
    sourceLatencyMs: null,
  })
  const regime = knownDomain('regime', 120, bar, {
    volatility: round(signal.volatility, 8),
    imbalance: null,
    trend: round(signal.trend, 8),
    liquidityScore: null,
    sourceError: null,
    sourceLatencyMs: null,
  })
  const fundamentals = missingDomain('fundamentals', 86_400, bar)
  const news = missingDomain('news', 300, bar)
  const domains = { technicals, fundamentals, news, regime }
  const blocks = Object.values(domains)
  return {
    context_version: 'torghut.market-context.v1',
    symbol,
    as_of_utc: bar.closeAt,
    freshness_seconds: 0,
    quality_score: blocks.reduce((sum, block) => sum + block.quality_score, 0) / blocks.length,
    source_count: blocks.reduce((sum, block) => sum + block.source_count, 0),
    risk_flags: blocks.flatMap((block) => block.risk_flags).sort(),
    domains,
  }
}

/** Rounds for the page, at the source: a request and its `params` must show the same figure. */
export function round(value: number, places: number): number {
  return Number(value.toFixed(places))
}

function knownDomain<Name extends string>(domain: Name, maxFreshnessSeconds: number, bar: Bar, payload: object) {
  return {
    domain,
    state: 'ok' as const,
    as_of: bar.closeAt,
    freshness_seconds: 0,
    max_freshness_seconds: maxFreshnessSeconds,
    source_count: 1,
    quality_score: 1,
    payload,
    citations: [],
    risk_flags: [] as string[],
  }
}

function missingDomain<Name extends string>(domain: Name, maxFreshnessSeconds: number, bar: Bar) {
  return {
    domain,
    state: 'missing' as const,
    as_of: null,
    freshness_seconds: null,
    max_freshness_seconds: maxFreshnessSeconds,
    source_count: 0,
    quality_score: 0,
    payload: { asOfUtc: bar.closeAt, provider: 'not_configured', itemCount: 0 },
    citations: [],
    risk_flags: [`${domain}_missing`],
  }
}
