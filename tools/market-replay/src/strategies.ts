import { v5 as uuidV5 } from 'uuid'

import type { Signal } from './indicators.ts'

export type Side = 'buy' | 'sell'

/** Two closes in a row (and one more before them) are all a strategy may look at. */
export interface SignalWindow {
  now: Signal
  previous: Signal
  beforePrevious: Signal
}

export interface Strategy {
  name: string
  strategyId: string
  /** Bars after the fill at which a position is closed whatever the signal says. */
  maxHoldingBars: number
  entry: (window: SignalWindow) => { side: Side; rationale: string } | null
  opposes: (signal: Signal, side: Side) => boolean
}

/** Namespace of every id the replay derives by UUIDv5; made once, at random. */
export const REPLAY_NAMESPACE = '6f0c1d52-8a34-4c6b-9a5e-2f6f1b7c9d10'

/** An adverse move of this many standard deviations over the holding period closes a position. */
export const STOP_VOLATILITY_MULTIPLE = 2

/** RSI at which a turn up is bought and a turn down sold: wider than 30/70, so that there are enough trades. */
export const REVERSAL_RSI = { low: 42, high: 68, exitLong: 52, exitShort: 48 } as const

/**
 * Momentum: follows the MACD(12,26,9) histogram when it changes sign (today or the bar before, so that a turn during
 * a closing fill is not lost); out when the sign turns against it.
 */
export const momentumTrend: Strategy = {
  name: 'momentum-trend',
  strategyId: strategyId('momentum-trend'),
  maxHoldingBars: 10,
  entry: ({ now, previous, beforePrevious }) => {
    const histograms = [previous.histogram, beforePrevious.histogram]
    const turnedUp = now.histogram > 0 && histograms.some((value) => value <= 0)
    const turnedDown = now.histogram < 0 && histograms.some((value) => value >= 0)
    if (turnedUp) return { side: 'buy', rationale: 'macd_cross_up' }
    return turnedDown ? { side: 'sell', rationale: 'macd_cross_down' } : null
  },
  opposes: ({ histogram }, side) => (side === 'buy' ? histogram < 0 : histogram > 0),
}

/** Momentum turning: buys a low RSI(14) that rises, sells a high one that falls; out once RSI is back in the middle. */
export const momentumReversal: Strategy = {
  name: 'momentum-reversal',
  strategyId: strategyId('momentum-reversal'),
  maxHoldingBars: 5,
  entry: ({ now, previous }) => {
    const turnsUp = now.rsi <= REVERSAL_RSI.low && now.rsi > previous.rsi
    const turnsDown = now.rsi >= REVERSAL_RSI.high && now.rsi < previous.rsi
    if (turnsUp) return { side: 'buy', rationale: 'rsi_low_turning_up' }
    return turnsDown ? { side: 'sell', rationale: 'rsi_high_turning_down' } : null
  },
  opposes: ({ rsi }, side) => (side === 'buy' ? rsi >= REVERSAL_RSI.exitLong : rsi <= REVERSAL_RSI.exitShort),
}

export const strategies: readonly Strategy[] = [momentumTrend, momentumReversal]

function strategyId(name: string): string {
  return uuidV5(`strategy/${name}`, REPLAY_NAMESPACE)
}
