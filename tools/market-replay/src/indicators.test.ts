import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Bar } from './bars.ts'
import { readSp500Bars } from './bars.ts'
import type { Signal } from './indicators.ts'
import { computeSignals } from './indicators.ts'

/** Sixty closes that rise, dip and swing; enough for every indicator. */
const CLOSES = Array.from({ length: 60 }, (_value, day) => {
  const dip = day > 45 ? 4 * (day - 45) : 0
  return 1000 + 3 * day + ((day * 37) % 23) - dip
})

test('computeSignals() stays null until the longest indicator has its bars', () => {
  const signals = computeSignals(toBars(CLOSES))
  expect(signals.findIndex((signal) => signal !== null)).toBe(50)
})

test('computeSignals() computes MACD(12,26,9) as the textbook recursion does', () => {
  const last = lastSignal(CLOSES)
  const spread = CLOSES.map((_close, day) => ema(CLOSES.slice(0, day + 1), 12) - ema(CLOSES.slice(0, day + 1), 26))
  // The signal line averages the spreads from the first day the slow average is complete.
  const signal = ema(spread.slice(25), 9)
  expect(last.macd).toBeCloseTo(spread.at(-1)!, 9)
  expect(last.macdSignal).toBeCloseTo(signal, 9)
  expect(last.histogram).toBeCloseTo(spread.at(-1)! - signal, 9)
})

test('computeSignals() computes RSI(14) with Wilder smoothing', () => {
  const moves = CLOSES.slice(1).map((close, day) => close - CLOSES[day]!)
  const [gain, loss] = [wilder(moves.map((move) => Math.max(move, 0))), wilder(moves.map((move) => Math.max(-move, 0)))]
  expect(lastSignal(CLOSES).rsi).toBeCloseTo(100 - 100 / (1 + gain / loss), 9)
})

test('computeSignals() computes volatility over 20 simple returns and trend over 50 closes', () => {
  const returns = CLOSES.slice(-21).slice(1).map((close, day) => close / CLOSES.slice(-21)[day]! - 1)
  const average = returns.reduce((sum, value) => sum + value, 0) / 20
  const variance = returns.reduce((sum, value) => sum + (value - average) ** 2, 0) / 19
  const mean50 = CLOSES.slice(-50).reduce((sum, value) => sum + value, 0) / 50
  expect(lastSignal(CLOSES).volatility).toBeCloseTo(Math.sqrt(variance), 12)
  expect(lastSignal(CLOSES).trend).toBeCloseTo(CLOSES.at(-1)! / mean50 - 1, 12)
})

test('computeSignals() calls a breakout only beyond the 20 closes before', () => {
  const flat = Array.from({ length: 60 }, (_value, day) => 1000 + (day % 2))
  expect(lastSignal([...flat, 1001]).breakout).toBe(false)
  expect(lastSignal([...flat, 1002]).breakout).toBe(true)
  expect(lastSignal([...flat, 1000]).breakout).toBe(false)
  expect(lastSignal([...flat, 999]).breakout).toBe(true)
})

test('computeSignals() knows nothing of later bars', () => {
  const bars = readSp500Bars().slice(0, 400)
  const all = computeSignals(bars)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), (days) => {
      expect(computeSignals(bars.slice(0, days))).toEqual(all.slice(0, days))
    }),
    { numRuns: 25 },
  )
})

function lastSignal(closes: readonly number[]): Signal {
  return computeSignals(toBars(closes)).at(-1)!
}

function toBars(closes: readonly number[]): Bar[] {
  return closes.map((close, day) => {
    const cents = close * 100
    const date = new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10)
    const prices = { openCents: cents, highCents: cents, lowCents: cents, closeCents: cents }
    return { date, closeAt: `${date}T21:00:00Z`, ...prices, volume: 1 }
  })
}

function ema(values: readonly number[], span: number): number {
  const weight = 2 / (span + 1)
  return values.reduce((average, value) => average + weight * (value - average))
}

function wilder(values: readonly number[]): number {
  const seed = values.slice(0, 14).reduce((sum, value) => sum + value, 0) / 14
  return values.slice(14).reduce((average, value) => (average * 13 + value) / 14, seed)
}
