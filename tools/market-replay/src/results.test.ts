import { TradeResult, tradeResultIssue } from '@torghut/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Bar } from './bars.ts'
import { tradeResult } from './results.ts'

const OUTCOME_ID = '3f1d6a44-2f8c-5b7e-9c55-0a1b2c3d4e5f'
const DECISION_ID = '9b1d6a44-2f8c-5b7e-9c55-0a1b2c3d4e5f'

test('tradeResult() books a long that rose 1 % as 1 % less 0.07 % of costs', () => {
  expect(resultOf('buy', 100_000, 101_000)).toMatchObject({
    gross: '0.01',
    costs: [
      { name: 'commission', value: '0.0001' },
      { name: 'spread', value: '0.0002' },
      { name: 'slippage', value: '0.0004' },
    ],
    net: '0.0093',
    horizon: 'P7D',
    entry: { price: '1000', at: '2020-01-02T21:00:00Z' },
    exit: { price: '1010', at: '2020-01-09T21:00:00Z' },
    event_at: '2020-01-09T21:00:00Z',
    known_at: '2020-01-09T21:00:00Z',
  })
})

test('tradeResult() books the same move of a short as the opposite gross and the same costs', () => {
  expect(resultOf('sell', 100_000, 101_000)).toMatchObject({ gross: '-0.01', net: '-0.0107' })
})

test('tradeResult() is a result the contract accepts, whatever the prices', () => {
  const cents = fc.integer({ min: 1, max: 1_000_000 })
  fc.assert(
    fc.property(fc.constantFrom('buy' as const, 'sell' as const), cents, cents, (side, entry, exit) => {
      const parsed = TradeResult.parse(resultOf(side, entry, exit))
      expect(tradeResultIssue(parsed)).toBeNull()
    }),
  )
})

function resultOf(side: 'buy' | 'sell', entryCents: number, exitCents: number) {
  const entry = bar('2020-01-02', entryCents)
  const exit = bar('2020-01-09', exitCents)
  return tradeResult({ outcomeId: OUTCOME_ID, decisionId: DECISION_ID, kind: 'realised', side, entry, exit })
}

function bar(date: string, cents: number): Bar {
  const prices = { openCents: cents, highCents: cents, lowCents: cents, closeCents: cents }
  return { date, closeAt: `${date}T21:00:00Z`, ...prices, volume: 1 }
}
