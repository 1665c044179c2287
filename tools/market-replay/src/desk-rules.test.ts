import fc from 'fast-check'
import { expect, test } from 'vitest'

import { DESK_LIMITS, deskLabel } from './desk-rules.ts'

interface Features {
  action?: string
  rsi?: unknown
  volatility?: unknown
  trend?: unknown
  qty?: string
  positions?: unknown
}

const below = (limit: number) => limit - 1e-6
const above = (limit: number) => limit + 1e-6

test('deskLabel() approves ordinary risk', () => {
  expect(ruleOf({})).toBe('ordinary-risk')
})

const ON_AND_BESIDE: [rule: string, on: Features, beside: Features][] = [
  [
    'panic-volatility',
    { volatility: DESK_LIMITS.panicVolatilityMin },
    { volatility: below(DESK_LIMITS.panicVolatilityMin) },
  ],
  ['chasing-extreme', { rsi: DESK_LIMITS.rsiHigh }, { rsi: below(DESK_LIMITS.rsiHigh) }],
  ['chasing-extreme', { action: 'sell', rsi: DESK_LIMITS.rsiLow }, { action: 'sell', rsi: above(DESK_LIMITS.rsiLow) }],
  [
    'long-into-stressed-downtrend',
    { trend: -1e-6, volatility: DESK_LIMITS.stressVolatilityMin },
    { trend: 0, volatility: DESK_LIMITS.stressVolatilityMin },
  ],
  [
    'long-into-stressed-downtrend',
    { trend: -0.01, volatility: DESK_LIMITS.stressVolatilityMin },
    { trend: -0.01, volatility: below(DESK_LIMITS.stressVolatilityMin) },
  ],
  [
    'short-against-calm-uptrend',
    { action: 'sell', trend: DESK_LIMITS.calmUptrendMin, volatility: DESK_LIMITS.calmVolatilityMax },
    { action: 'sell', trend: below(DESK_LIMITS.calmUptrendMin), volatility: DESK_LIMITS.calmVolatilityMax },
  ],
  [
    'short-against-calm-uptrend',
    { action: 'sell', trend: 0.02, volatility: DESK_LIMITS.calmVolatilityMax },
    { action: 'sell', trend: 0.02, volatility: above(DESK_LIMITS.calmVolatilityMax) },
  ],
  [
    'medium-stress',
    { volatility: DESK_LIMITS.stressVolatilityMin },
    { volatility: below(DESK_LIMITS.stressVolatilityMin) },
  ],
  [
    'overextended-trend',
    { trend: DESK_LIMITS.overextendedTrendMin },
    { trend: below(DESK_LIMITS.overextendedTrendMin) },
  ],
  [
    'overextended-trend',
    { action: 'sell', trend: -DESK_LIMITS.overextendedTrendMin },
    { action: 'sell', trend: -below(DESK_LIMITS.overextendedTrendMin) },
  ],
]

test.each(ON_AND_BESIDE)('deskLabel() applies %s exactly on its limit and not beside it', (rule, on, beside) => {
  expect(ruleOf(on)).toBe(rule)
  expect(ruleOf(beside)).not.toBe(rule)
})

test('deskLabel() lets what forbids outrank what halves', () => {
  const stress = { volatility: DESK_LIMITS.stressVolatilityMin }
  expect(deskLabel(requestWith(stress)).label).toBe('adjust')
  expect(deskLabel(requestWith({ ...stress, rsi: 80 })).label).toBe('veto')
})

test('deskLabel() approves an order up to the size of the position it reduces, in any market', () => {
  const panic = { action: 'sell', volatility: 0.09, positions: [{ symbol: 'SPX', qty: '10', side: 'long' }] }
  expect(ruleOf({ ...panic, qty: '10' })).toBe('reduces-position')
  expect(ruleOf({ ...panic, qty: '11' })).toBe('panic-volatility')
  expect(ruleOf({ ...panic, qty: '0' })).toBe('panic-volatility')
  expect(ruleOf({ ...panic, action: 'buy', qty: '10' })).toBe('panic-volatility')
  for (const position of [{ qty: '10', side: 'short' }, { qty: '-10' }, { qty: '-10', side: 'short' }]) {
    const positions = [{ symbol: 'SPX', ...position }]
    expect(ruleOf({ ...panic, action: 'buy', qty: '10', positions })).toBe('reduces-position')
  }
  expect(ruleOf({ ...panic, qty: '10', positions: [{ symbol: 'NDX', qty: '10' }] })).toBe('panic-volatility')
})

test('deskLabel() vetoes what it cannot read and takes an unreadable trend for none', () => {
  for (const missing of [undefined, null, '', 'n/a', Number.NaN]) {
    expect(ruleOf({ rsi: missing })).toBe('evidence-missing')
    expect(ruleOf({ volatility: missing })).toBe('evidence-missing')
    expect(ruleOf({ trend: missing })).toBe('ordinary-risk')
  }
  expect(ruleOf({ action: 'hold' })).toBe('evidence-missing')
})

test('deskLabel() falls back on the market context when params lack a figure', () => {
  const request = {
    decision: { action: 'buy', symbol: 'SPX', qty: '10', params: {} },
    market_context: { domains: { technicals: { payload: { rsi14: 75 } }, regime: { payload: { volatility: 0.01 } } } },
  }
  expect(deskLabel(request).rule).toBe('chasing-extreme')
})

test('deskLabel() answers any JSON without throwing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(['approve', 'adjust', 'veto']).toContain(deskLabel(json).label)
    }),
  )
})

function ruleOf(features: Features): string {
  return deskLabel(requestWith(features)).rule
}

/** Decimals as strings, as the contract writes them; the context's figures as numbers. */
function requestWith(features: Features): unknown {
  const { action, rsi, volatility, trend, qty, positions } = {
    action: 'buy',
    rsi: 50,
    volatility: 0.009,
    trend: 0,
    qty: '10',
    positions: [],
    ...features,
  }
  const text = (value: unknown) => (typeof value === 'number' ? String(value) : value)
  return {
    decision: { symbol: 'SPX', action, qty, params: { rsi: text(rsi), volatility: text(volatility) } },
    market_context: { domains: { regime: { payload: { trend } } } },
    positions,
  }
}
