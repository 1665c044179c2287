import fc from 'fast-check'
import { expect, test } from 'vitest'

import { readSp500Bars } from './bars.ts'
import type { Market } from './books.ts'
import { openMarket } from './books.ts'
import type { PlannedTrade } from './plan-trades.ts'
import { planTrades } from './plan-trades.ts'
import { strategies } from './strategies.ts'

const bars = readSp500Bars()
const market = openMarket(bars, '2020-12-31')

test('planTrades() finds at least 500 entries over the twenty years, long and short', () => {
  const trades = strategies.flatMap((strategy) => planAll(strategy, market))
  expect(trades.length).toBeGreaterThanOrEqual(500)
  for (const side of ['buy', 'sell']) expect(trades.filter((trade) => trade.side === side).length).toBeGreaterThan(150)
  for (const reason of ['opposite_signal', 'stop_volatility', 'max_holding']) {
    expect(trades.some((trade) => trade.exitReason === reason), reason).toBe(true)
  }
})

test('planTrades() decides up to a day the same when every later bar is cut away', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: bars.length - 1 }), fc.constantFrom(...strategies), (day, strategy) => {
      const cut = openMarket(bars, bars[day]!.date)
      expect(cut.bars).toHaveLength(day + 1)
      expect(planAll(strategy, cut)).toEqual(knownAt(planAll(strategy, market), day))
    }),
    { numRuns: 40 },
  )
})

test('planTrades() holds one position at a time, fills at the next close and keeps to the holding limit', () => {
  for (const strategy of strategies) {
    const trades = planAll(strategy, market)
    trades.forEach((trade, index) => {
      expect(trade.entryFillAt).toBe(trade.entryAt + 1)
      if (trade.exitAt === null) return expect(index).toBe(trades.length - 1)
      expect(trade.exitAt).toBeGreaterThan(trade.entryFillAt)
      expect(trade.exitAt - trade.entryFillAt).toBeLessThanOrEqual(strategy.maxHoldingBars)
      expect(trades[index + 1]?.entryAt ?? Infinity).toBeGreaterThan(trade.exitAt)
    })
  }
})

test('planTrades() takes no entry before the first day asked for', () => {
  const trades = planTrades(strategies[0]!, market, { from: 2000, to: bars.length - 1 })
  expect(Math.min(...trades.map((trade) => trade.entryAt))).toBeGreaterThanOrEqual(2000)
})

function planAll(strategy: (typeof strategies)[number], of: Market): PlannedTrade[] {
  return planTrades(strategy, of, { from: 0, to: of.bars.length - 1 })
}

function knownAt(trades: readonly PlannedTrade[], day: number): PlannedTrade[] {
  const isOpen = ({ exitAt }: PlannedTrade) => exitAt !== null && exitAt > day
  return trades
    .filter((trade) => trade.entryAt <= day)
    .map((trade) => (isOpen(trade) ? { ...trade, exitAt: null, exitReason: null } : trade))
}
