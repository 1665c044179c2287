import { CompactRegime } from '@torghut/contracts'
import { expect, test } from 'vitest'

import type { Signal } from './indicators.ts'
import { STRESS_VOLATILITY_MIN, TREND_MIN, ruleRegime } from './regime.ts'

test('ruleRegime() names each regime on its side of the threshold', () => {
  expect(regimeOf({})).toBe('R1')
  expect(regimeOf({ trend: TREND_MIN })).toBe('R2')
  expect(regimeOf({ trend: -TREND_MIN })).toBe('R2')
  expect(regimeOf({ trend: TREND_MIN - 1e-9 })).toBe('R1')
  expect(regimeOf({ trend: TREND_MIN, breakout: true })).toBe('R3')
  expect(regimeOf({ breakout: true, volatility: STRESS_VOLATILITY_MIN })).toBe('R4')
  expect(regimeOf({ breakout: true, volatility: STRESS_VOLATILITY_MIN - 1e-9 })).toBe('R3')
})

test('ruleRegime() is least sure next to a threshold', () => {
  const band = (of: Partial<Signal>) => ruleRegime(signalWith(of)).entropy_band
  expect(band({ trend: TREND_MIN * 1.05 })).toBe('high')
  expect(band({ trend: TREND_MIN * 1.2 })).toBe('medium')
  expect(band({ trend: TREND_MIN * 2 })).toBe('low')
  expect(band({ trend: TREND_MIN, volatility: STRESS_VOLATILITY_MIN * 2 })).toBe('low')
  expect(band({ trend: TREND_MIN * 2, volatility: STRESS_VOLATILITY_MIN * 0.95 })).toBe('high')
})

test('ruleRegime() says it is a rule and fits the contract', () => {
  const block = ruleRegime(signalWith({}))
  expect(block.artifact_version).toBe('rule-regime-v1')
  expect(CompactRegime.parse(block)).toEqual(block)
})

function regimeOf(of: Partial<Signal>): string {
  return ruleRegime(signalWith(of)).regime_id
}

function signalWith(of: Partial<Signal>): Signal {
  return { macd: 0, macdSignal: 0, histogram: 0, rsi: 50, volatility: 0.005, trend: 0, breakout: false, ...of }
}
