import { expect, test } from 'vitest'

import { TradeResult, tradeResultIssue } from './trade-result.ts'

const result = TradeResult.parse({
  outcome_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a01',
  trade_decision_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a02',
  kind: 'realised',
  horizon: 'P7D',
  entry: { price: '100', at: '2020-01-02T21:00:00Z' },
  exit: { price: '101', at: '2020-01-09T21:00:00Z' },
  gross: '0.01',
  costs: [
    { name: 'commission', value: '0.0002' },
    { name: 'spread', value: '0.00010001' },
  ],
  net: '0.00969999',
  price_source: 'test',
  event_at: '2020-01-09T21:00:00Z',
  known_at: '2020-01-09T21:00:00Z',
})

test('tradeResultIssue() accepts a result whose figures and times fit', () => {
  expect(tradeResultIssue(result)).toBeNull()
})

test.each([
  [{ net: '0.0097' }, 'net_mismatch'],
  [{ exit: { price: '101', at: '2020-01-01T21:00:00Z' } }, 'exit_before_entry'],
  [{ event_at: '2020-01-08T21:00:00Z' }, 'event_not_exit'],
  [{ known_at: '2020-01-09T20:59:59Z' }, 'known_before_event'],
])('tradeResultIssue() names the rule that %j breaks', (change, code) => {
  expect(tradeResultIssue({ ...result, ...change })?.code).toBe(code)
})

test.each(['P', 'PT', '7D', 'P-1D', 'P1DT'])('TradeResult refuses the horizon %s', (horizon) => {
  expect(TradeResult.safeParse({ ...result, horizon }).success).toBe(false)
})
