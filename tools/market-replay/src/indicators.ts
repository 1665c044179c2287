import { mean, sampleStandardDeviation } from 'simple-statistics'
import { EMA, MACD, RSI } from 'trading-signals'

import type { Bar } from './bars.ts'

/** What is known at one bar's close. Nothing in it depends on a later bar. */
export interface Signal {
  macd: number
  macdSignal: number
  histogram: number
  rsi: number
  /** Sample standard deviation of the last 20 simple daily returns, as a daily fraction. */
  volatility: number
  /** Close over the mean of the last 50 closes, less one. */
  trend: number
  /** Close beyond every one of the 20 closes before it. */
  breakout: boolean
}

export const VOLATILITY_BARS = 20
export const TREND_BARS = 50
export const BREAKOUT_BARS = 20

/** One entry a bar: the signal at its close, or null while an indicator still warms up (the first 50 bars). */
export function computeSignals(bars: readonly Bar[]): (Signal | null)[] {
  const macd = new MACD(new EMA(12), new EMA(26), new EMA(9))
  const rsi = new RSI(14)
  const closes: number[] = []
  return bars.map((bar) => {
    const close = bar.closeCents / 100
    closes.push(close)
    const macdNow = macd.update(close, false)
    const rsiNow = rsi.update(close, false)
    if (macdNow === null || rsiNow === null || closes.length <= TREND_BARS) return null
    return {
      macd: macdNow.macd,
      macdSignal: macdNow.signal,
      histogram: macdNow.histogram,
      rsi: rsiNow,
      ...priceFeatures(closes),
    }
  })
}

function priceFeatures(closes: readonly number[]): Pick<Signal, 'volatility' | 'trend' | 'breakout'> {
  const close = closes.at(-1) ?? Number.NaN
  const before = closes.slice(-1 - BREAKOUT_BARS, -1)
  return {
    volatility: sampleStandardDeviation(dailyReturns(closes.slice(-1 - VOLATILITY_BARS))),
    trend: close / mean(closes.slice(-TREND_BARS)) - 1,
    breakout: close > Math.max(...before) || close < Math.min(...before),
  }
}

function dailyReturns(closes: readonly number[]): number[] {
  return closes.slice(1).map((close, index) => close / (closes[index] ?? Number.NaN) - 1)
}
