import { Segment } from '@torghut/contracts'
import type { DatasetRow, SplitRule } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { compareRows } from '../dataset/dataset-tally.ts'
import { SPLIT_RULE, closeAt, sampleRows } from '../testing/sample-reviews.ts'
import { SplitPlanner } from './split-planner.ts'
import type { SplitPlan } from './split-planner.ts'
import { TwinIndex } from './twin-index.ts'

const ROWS = sampleRows({ seed: 'split', days: 100, horizonDays: 3 })

function planOf(rows: readonly DatasetRow[], rule: Partial<SplitRule> = {}): SplitPlan {
  const planner = new SplitPlanner({ ...SPLIT_RULE, ...rule })
  for (const row of rows) planner.add(row)
  return planner.plan()
}

function parts(rows: readonly DatasetRow[], rule: Partial<SplitRule> = {}): Record<Segment, DatasetRow[]> {
  const plan = planOf(rows, rule)
  if (!plan.ok) throw new Error(JSON.stringify(plan.missing))
  const of = (segment: Segment) => rows.filter((_, index) => plan.segmentOf(index) === segment)
  return { train: of('train'), validation: of('validation'), test: of('test') }
}

/** Milliseconds from the last open label of a part to the first decision of the next. */
function gapMs(before: readonly DatasetRow[], after: readonly DatasetRow[]): number {
  return Date.parse(after[0]!.decided_at) - Math.max(...before.map(({ label_ends_at: at }) => Date.parse(at)))
}

test.each([0, 3600, 86_400, 5 * 86_400])(
  'SplitPlanner keeps train, validation and test apart by an embargo of %d s',
  (embargo_seconds) => {
    const { train, validation, test } = parts(ROWS, { embargo_seconds })
    expect(gapMs(train, validation)).toBeGreaterThan(embargo_seconds * 1000)
    expect(gapMs(validation, test)).toBeGreaterThan(embargo_seconds * 1000)
    expect(train.length).toBeGreaterThan(validation.length)
  },
)

test('SplitPlanner purges a label that ends exactly with the embargo, and keeps one that ends before', () => {
  const clean = ROWS.map((row) => ({ ...row, label_ends_at: row.decided_at }))
  const plan = planOf(clean, { embargo_seconds: 60 })
  if (!plan.ok) throw new Error('no plan')
  const at = plan.startsMs.validation - 60_000
  const withEnd = (ms: number) =>
    clean.map((row, index) => (index === 5 ? { ...row, label_ends_at: new Date(ms).toISOString() } : row))
  const segmentAt5 = (rows: DatasetRow[]) => {
    const again = planOf(rows, { embargo_seconds: 60 })
    return again.ok ? again.segmentOf(5) : null
  }
  expect(segmentAt5(withEnd(at - 1))).toBe('train')
  expect(segmentAt5(withEnd(at))).toBeNull()
  const afterMs = withEnd(at - 1).map((row, index) =>
    index === 5 ? { ...row, label_ends_at: row.label_ends_at.replace('Z', '001Z') } : row,
  )
  expect(segmentAt5(afterMs)).toBeNull()
})

test('SplitPlanner puts all decisions of one instant on one side', () => {
  const { train, validation, test } = parts(ROWS, { embargo_seconds: 0 })
  const instants = [train, validation, test].flatMap((rows) => [...new Set(rows.map(({ decided_at }) => decided_at))])
  expect(new Set(instants).size).toBe(instants.length)
})

test('SplitPlanner keeps a near-duplicate on the side of the first of its kind', () => {
  const twin = structuredClone(ROWS[3]!)
  Object.assign(twin, { row_id: 'f'.repeat(64), decided_at: closeAt(97), label_ends_at: closeAt(98) })
  const rows = [...ROWS, twin].sort(compareRows)
  const plan = planOf(rows)
  expect(plan.ok && plan.segmentOf(rows.indexOf(twin))).toBeNull()
  expect(plan.ok && plan.leftOut.twin).toBe(1)
})

test('SplitPlanner tells by part and regime how many rows are missing', () => {
  expect(planOf([])).toEqual({
    ok: false,
    code: 'dataset_too_small',
    missing: Object.fromEntries(
      Segment.options.map((segment) => [segment, { rows: 10, trending: 5, mean_reverting: 5 }]),
    ),
  })
  const plan = planOf(ROWS, { regimes_required: ['crisis'], regime_rows_min: 7 })
  expect(plan).toMatchObject({
    ok: false,
    missing: { train: { crisis: 7 }, validation: { crisis: 7 }, test: { crisis: 7 } },
  })
  const many = planOf(ROWS, { rows_min: 10_000 })
  expect(many.ok ? 0 : many.missing.train.rows).toBeGreaterThan(9_800)
})

test('SplitPlanner moves its cuts, as little as it can, to give every part its regimes', () => {
  // The regime is gone from the last fifth but for its first rows.
  const rows = ROWS.map((row, index) => ({
    ...row,
    regime: index > 246 ? ('trending' as const) : ('mean_reverting' as const),
  }))
  const rule = { regimes_required: ['mean_reverting' as const], regime_rows_min: 9, embargo_seconds: 0 }
  const moved = planOf(rows, rule)
  const asked = planOf(rows, { ...rule, regime_rows_min: 0 })
  if (!moved.ok || !asked.ok) throw new Error('no plan')
  expect(moved.startsMs.test).toBeLessThan(asked.startsMs.test)
  expect(moved.startsMs.validation).toBe(asked.startsMs.validation)
})

test('SplitPlanner thins a regime that fills a part, by seed and row alone', () => {
  const rows = ROWS.map((row, index) => ({
    ...row,
    regime: index % 10 === 0 ? ('trending' as const) : ('mean_reverting' as const),
  }))
  const rule = { regime_share_max: 0.75, regimes_required: [] }
  const { train } = parts(rows, rule)
  const share = train.filter(({ regime }) => regime === 'mean_reverting').length / train.length
  expect(share).toBeLessThanOrEqual(0.75)
  expect(share).toBeGreaterThan(0.7)
  expect(parts(rows, rule).train).toEqual(train)
  expect(parts(rows, { ...rule, seed: 'another' }).train).not.toEqual(train)
})

test('SplitPlanner refuses rows out of order', () => {
  expect(() => planOf([ROWS[1]!, ROWS[0]!])).toThrow(expect.objectContaining({ code: 'ROWS_OUT_OF_ORDER' }))
})

test.each([
  [1.0009, true],
  [0.9992, true],
  [1.0012, false],
  [0.9985, false],
])('TwinIndex takes a row whose volume is %d times another for its twin: %s', (factor, isTwin) => {
  const index = new TwinIndex()
  for (const row of ROWS) index.add(row)
  const near = structuredClone(ROWS[40]!)
  const payload = near.input.request.market_context!.domains.technicals.payload
  payload['volume'] = (payload['volume'] as number) * factor
  expect(index.add(near)).toBe(isTwin ? 40 : null)
})

test('TwinIndex finds a twin on the other side of a cell', () => {
  const withPrice = (row: DatasetRow, price: number) => {
    const copy = structuredClone(row)
    copy.input.request.market!.price = price.toFixed(6)
    copy.input.request.decision.params['price'] = price.toFixed(6)
    copy.input.request.market_context!.domains.technicals.payload['price'] = price
    return copy
  }
  for (let step = 0; step < 40; step += 1) {
    const price = 50 * (1 + step / 20_000)
    for (const factor of [0.9995, 1.0005]) {
      const index = new TwinIndex()
      index.add(withPrice(ROWS[0]!, price))
      expect(index.add(withPrice(ROWS[0]!, price * factor))).toBe(0)
    }
  }
})

test('TwinIndex tells rows of another symbol, side or strategy apart', () => {
  for (const change of [
    { symbol: 'ZZZ' },
    { strategy_id: 'other' },
    { action: ROWS[0]!.action === 'buy' ? 'sell' : 'buy' },
  ] as const) {
    const index = new TwinIndex()
    expect(index.add(ROWS[0]!)).toBeNull()
    expect(index.add({ ...ROWS[0]!, ...change })).toBeNull()
    expect(index.add(ROWS[0]!)).toBe(0)
  }
})
