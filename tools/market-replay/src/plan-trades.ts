import type { Bar } from './bars.ts'
import type { Signal } from './indicators.ts'
import type { Side, SignalWindow, Strategy } from './strategies.ts'
import { STOP_VOLATILITY_MULTIPLE } from './strategies.ts'

export type ExitReason = 'opposite_signal' | 'stop_volatility' | 'max_holding'

/**
 * One trade as the strategy sees it, by bar index. Decided at a close, filled at the *next* close: on 1,760 days the
 * file's open is only the previous close copied, so a fill at the open would trade at a price already past.
 */
export interface PlannedTrade {
  strategy: Strategy
  side: Side
  rationale: string
  entryAt: number
  entryFillAt: number
  /** Null while the bars end before the strategy wants out. */
  exitAt: number | null
  exitReason: ExitReason | null
}

/**
 * Plans the trades of one strategy whose entries lie in bars `from`..`to` (both included). Verdicts play no part: a
 * vetoed entry keeps its place in the plan as the counterfactual, so two runs with different reviewers decide alike.
 * Bars after `to` are never read.
 */
export function planTrades(
  strategy: Strategy,
  market: { bars: readonly Bar[]; signals: readonly (Signal | null)[] },
  range: { from: number; to: number },
): PlannedTrade[] {
  const trades: PlannedTrade[] = []
  for (let index = range.from; index <= range.to; index += 1) {
    const open = trades.at(-1)
    // A trade is open until its exit is decided; that order fills at the next close, where a new entry may be decided.
    if (open !== undefined && open.exitAt === null) {
      const reason = exitReason(open, market, index)
      if (reason !== null) Object.assign(open, { exitAt: index, exitReason: reason })
      continue
    }
    const window = windowAt(market.signals, index)
    const entry = window === null ? null : strategy.entry(window)
    if (entry === null) continue
    trades.push({ strategy, ...entry, entryAt: index, entryFillAt: index + 1, exitAt: null, exitReason: null })
  }
  return trades
}

function exitReason(
  trade: PlannedTrade,
  { bars, signals }: { bars: readonly Bar[]; signals: readonly (Signal | null)[] },
  index: number,
): ExitReason | null {
  const [signal, decided] = [signals[index], signals[trade.entryAt]]
  const [bar, filled] = [bars[index], bars[trade.entryFillAt]]
  if (!signal || !decided || bar === undefined || filled === undefined || index <= trade.entryFillAt) return null
  if (trade.strategy.opposes(signal, trade.side)) return 'opposite_signal'
  const move = (bar.closeCents / filled.closeCents - 1) * (trade.side === 'buy' ? 1 : -1)
  const tolerated = STOP_VOLATILITY_MULTIPLE * decided.volatility * Math.sqrt(trade.strategy.maxHoldingBars)
  if (move <= -tolerated) return 'stop_volatility'
  return index - trade.entryFillAt >= trade.strategy.maxHoldingBars ? 'max_holding' : null
}

function windowAt(signals: readonly (Signal | null)[], index: number): SignalWindow | null {
  const [now, previous, beforePrevious] = [signals[index], signals[index - 1], signals[index - 2]]
  return now && previous && beforePrevious ? { now, previous, beforePrevious } : null
}
