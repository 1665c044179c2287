import { randomUUID } from 'node:crypto'

import type { TradeResult } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { sampleEntry } from '../testing/sample-review.ts'

let fixture: TestStore
const reviewed = sampleEntry()

beforeAll(async () => {
  fixture = await openTestStore()
  await (await fixture.registerWriter()).append(reviewed)
})

afterAll(() => fixture.stop())

function outcome(changes: Partial<TradeResult> = {}): TradeResult {
  return {
    outcome_id: randomUUID(),
    trade_decision_id: reviewed.record.trade_decision_id,
    kind: 'realised',
    horizon: 'PT1H',
    entry: { price: '100', at: '2026-03-02T15:04:05Z' },
    exit: { price: '101', at: '2026-03-02T16:04:05Z' },
    gross: '0.01',
    costs: [{ name: 'commission', value: '0.0004' }],
    net: '0.0096',
    price_source: 'vendor',
    event_at: '2026-03-02T16:04:05Z',
    known_at: '2026-03-02T16:05:00Z',
    ...changes,
  }
}

test('saveOutcomes() accepts new results and counts them again as duplicates', async () => {
  const results = [outcome(), outcome({ kind: 'counterfactual' })]
  expect(await fixture.store.saveOutcomes(results)).toEqual({ accepted: 2, duplicates: 0, rejected: [] })
  const again = await fixture.store.saveOutcomes([...results, outcome()])
  expect(again).toEqual({ accepted: 1, duplicates: 2, rejected: [] })
})

test('saveOutcomes() refuses what it cannot stand for, one by one, and stores the rest', async () => {
  const first = outcome()
  const answer = await fixture.store.saveOutcomes([
    first,
    outcome({ trade_decision_id: randomUUID() }),
    { ...first, net: '0.0095', gross: '0.0099' },
    first,
    outcome({ net: '0.5' }),
    outcome({ entry: { price: '1', at: '0000-01-01T00:00:00Z' } }),
    outcome(),
  ])
  expect(answer).toMatchObject({ accepted: 2, duplicates: 1 })
  expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([
    [1, 'unknown_decision'],
    [2, 'outcome_conflict'],
    [4, 'net_mismatch'],
    [5, 'range'],
  ])
})

test('saveOutcomes() keeps the figures exactly', async () => {
  const result = outcome({ gross: '-0.00000001', costs: [], net: '-0.00000001' })
  await fixture.store.saveOutcomes([result])
  const text = 'SELECT net, costs, bytes FROM trade_outcomes WHERE outcome_id = $1'
  const { rows } = await fixture.application.query(text, [result.outcome_id])
  expect(rows[0]).toMatchObject({ net: '-0.00000001', costs: [] })
  expect(JSON.parse(rows[0].bytes.toString())).toEqual(result)
})

test('saveOutcomes() takes the same list from two callers at once, once', async () => {
  const results = Array.from({ length: 50 }, () => outcome())
  const lists = [results, results.toReversed()]
  const answers = await Promise.all(lists.map((list) => fixture.store.saveOutcomes(list)))
  expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(50)
  expect(answers.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(50)
})

test('saveOutcomes() of nothing does nothing', async () => {
  expect(await fixture.store.saveOutcomes([])).toEqual({ accepted: 0, duplicates: 0, rejected: [] })
})

test('saveOutcomes() takes a full batch of a thousand', async () => {
  const results = Array.from({ length: 1_000 }, () => outcome())
  expect(await fixture.store.saveOutcomes(results)).toEqual({ accepted: 1_000, duplicates: 0, rejected: [] })
})
