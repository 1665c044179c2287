import { expect, test } from 'vitest'

import { PaperAccount, STARTING_EQUITY_USD, entryQty } from './paper-account.ts'

/** Commission, half spread and slippage of one fill: 3.5 basis points. */
const COST = 0.00035

test('PaperAccount marks a long up and down, day by day', () => {
  const account = new PaperAccount()
  account.open('buy', 10, 1000)
  expect(account.markClose(1000)).toMatchObject({ exposure: 10_000, dayPnl: expect.closeTo(-10_000 * COST, 6) })
  const up = account.markClose(1100)
  expect(up.equity).toBeCloseTo(STARTING_EQUITY_USD + 1000 - 10_000 * COST, 6)
  expect(up.dayPnl).toBeCloseTo(1000, 6)
  expect(up.drawdown).toBe(0)
  const down = account.markClose(1050)
  expect(down.dayPnl).toBeCloseTo(-500, 6)
  expect(down.drawdown).toBeCloseTo(500 / up.equity, 9)
})

test('PaperAccount earns on a short that falls and is flat after closing', () => {
  const account = new PaperAccount()
  account.open('sell', 10, 1000)
  expect(account.markClose(900)).toMatchObject({
    position: { side: 'short', qty: 10, entryPrice: 1000 },
    exposure: 9000,
    equity: expect.closeTo(STARTING_EQUITY_USD + 1000 - 10_000 * COST, 6),
  })
  account.close(900)
  const closed = account.markClose(900)
  expect(closed.position).toBeNull()
  expect(closed.equity).toBeCloseTo(STARTING_EQUITY_USD + 1000 - (10_000 + 9000) * COST, 6)
  expect(closed.cash).toBe(closed.equity)
})

test('PaperAccount stays as it is when a vetoed entry opens nothing', () => {
  const account = new PaperAccount()
  account.open('buy', 0, 1000)
  account.close(1100)
  expect(account.markClose(1200)).toMatchObject({ equity: STARTING_EQUITY_USD, position: null, dayPnl: 0 })
})

test('entryQty() is even and within the share of equity', () => {
  expect(entryQty(1_000_000, 1000)).toBe(40)
  expect(entryQty(1_000_000, 1000.01)).toBe(38)
})
