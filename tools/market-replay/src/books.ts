import { v5 as uuidV5 } from 'uuid'

import type { Bar } from './bars.ts'
import type { Signal } from './indicators.ts'
import { computeSignals } from './indicators.ts'
import type { PlannedTrade } from './plan-trades.ts'
import { planTrades } from './plan-trades.ts'
import { REPLAY_NAMESPACE, strategies } from './strategies.ts'

/** Bars cut at the last replayed day, with what was known at each close. */
export interface Market {
  bars: readonly Bar[]
  signals: readonly (Signal | null)[]
}

/**
 * The trades one strategy enters in one calendar year. Each book opens a fresh paper account, so books share nothing
 * and may be replayed side by side; inside a book everything happens in the order of the bars.
 */
export interface Book {
  strategyName: string
  year: string
  trades: readonly PlannedTrade[]
}

/** Cuts the bars after `to` away, so that nothing can read them, and computes the signals of the rest. */
export function openMarket(bars: readonly Bar[], to: string): Market {
  const known = bars.filter((bar) => bar.date <= to)
  return { bars: known, signals: computeSignals(known) }
}

/**
 * Plans the books from day `from` on, oldest first; earlier bars only warm indicators up. With `entriesMax`, keeps that
 * many entries, spread evenly so that calm and crisis years stay in; which ones no answer of a review can change.
 */
export function planBooks(market: Market, options: { from: string; entriesMax: number | null }): Book[] {
  const first = market.bars.findIndex((bar) => bar.date >= options.from)
  if (first < 0) return []
  const range = { from: first, to: market.bars.length - 1 }
  const trades = strategies
    .flatMap((strategy) => planTrades(strategy, market, range))
    .sort((a, b) => a.entryAt - b.entryAt)
  const kept = options.entriesMax === null ? trades : thin(trades, options.entriesMax)
  return [...groupByBook(kept, market).values()]
}

/** The id of a decision: the same for the same seed, strategy, bar and purpose, whatever else the run does. */
export function decisionId(seed: string, trade: PlannedTrade, bar: Bar, purpose: 'entry' | 'exit'): string {
  return uuidV5(`${seed}/${trade.strategy.name}/${bar.closeAt}/${purpose}`, REPLAY_NAMESPACE)
}

function thin(trades: readonly PlannedTrade[], max: number): PlannedTrade[] {
  if (max >= trades.length) return [...trades]
  const reached = (count: number) => Math.floor((count * max) / trades.length)
  return trades.filter((_trade, index) => reached(index + 1) > reached(index))
}

function groupByBook(trades: readonly PlannedTrade[], { bars }: Market): Map<string, Book> {
  const books = new Map<string, Book & { trades: PlannedTrade[] }>()
  for (const trade of trades) {
    const year = bars[trade.entryAt]?.date.slice(0, 4) ?? ''
    const key = `${year}/${trade.strategy.name}`
    const book = books.get(key) ?? { strategyName: trade.strategy.name, year, trades: [] }
    book.trades.push(trade)
    books.set(key, book)
  }
  return books
}
