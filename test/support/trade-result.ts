import { randomUUID } from 'node:crypto'

/** A result of a decision whose figures and times fit; each call is another result. */
export function tradeResult(tradeDecisionId: string) {
  return {
    outcome_id: randomUUID(),
    trade_decision_id: tradeDecisionId,
    kind: 'realised',
    horizon: 'P1D',
    entry: { price: '100', at: '2026-02-27T15:31:00Z' },
    exit: { price: '101', at: '2026-02-28T15:31:00Z' },
    gross: '0.01',
    costs: [{ name: 'spread', value: '0.001' }],
    net: '0.009',
    price_source: 'test',
    event_at: '2026-02-28T15:31:00Z',
    known_at: '2026-02-28T15:31:00Z',
  }
}
