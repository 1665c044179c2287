import type { DatasetRow } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { namedStream } from '../random/random-stream.ts'
import { closeAt, sampleRows } from '../testing/sample-reviews.ts'
import { FeatureLeaks } from './feature-leaks.ts'

const ROWS = sampleRows({ seed: 'features', days: 60, horizonDays: 1 })

/** Paths that all rows together give away, after a change of each. */
function found(rows: readonly DatasetRow[], change: (row: DatasetRow, at: number) => void): string[] {
  const leaks = new FeatureLeaks()
  rows.forEach((row, at) => {
    const copy = structuredClone(row)
    change(copy, at)
    leaks.add(copy)
  })
  return leaks.finish()
}

function technicals(row: DatasetRow): Record<string, unknown> {
  return row.input.request.market_context!.domains.technicals.payload
}

function signOf(row: DatasetRow): number {
  return Math.sign(Number(row.labels.realised!.net))
}

test('FeatureLeaks finds nothing in rows as they were', () => {
  expect(found(ROWS, () => undefined)).toEqual([])
})

test.each([
  [9, 20, false],
  [10, 20, true],
  [10, 33, true],
  [10, 34, false],
])('FeatureLeaks of a figure that is the exit price in %d of %d rows, and noise in the others: %s', (copies, rows, isFound) => {
  const noise = namedStream('vwap')
  const paths = found(ROWS.slice(0, rows), (row, at) => {
    technicals(row)['vwap'] = at < copies ? Number(row.labels.realised!.exit_price) : 1 + 500 * noise.nextUnit()
  })
  expect(paths).toEqual(isFound ? ['context.technicals.vwap'] : [])
})

test('FeatureLeaks only correlates rows whose labels do not overlap, fifty at least', () => {
  const tells = (row: DatasetRow) => void (technicals(row)['score'] = signOf(row))
  expect(found(ROWS, tells)).toEqual(['context.technicals.score'])
  const open = (row: DatasetRow) => {
    tells(row)
    row.label_ends_at = closeAt(400)
  }
  expect(found(ROWS, open)).toEqual([])
  const own = ROWS.filter(({ symbol }) => symbol === 'AAA')
  expect(own).toHaveLength(60)
  // Entry and exit are two days apart, so that every second row of a symbol counts at most.
  expect(found(own, tells)).toEqual([])
})

test.each([
  ['0.01234', '0.01234', ['context.technicals.edge']],
  ['0.01234', '-0.01234', ['context.technicals.edge']],
  ['0.0123', '0.0123', []],
  ['0.012340', '0.01234', ['context.technicals.edge']],
  ['0.01234', '0.01235', []],
])('FeatureLeaks.add() of a net result of %s beside a figure of %s: %j', (net, figure, paths) => {
  const row = structuredClone(ROWS[0]!)
  Object.assign(row.labels.realised!, { net, gross: '0' })
  technicals(row)['edge'] = figure
  expect(new FeatureLeaks().add(row)).toEqual(paths)
})

test.each([
  ['nextReturn', true],
  ['net_result', true],
  ['label', true],
  ['futures', false],
  ['labelled', false],
  ['unrealized_pl', false],
  ['next', false],
])('FeatureLeaks.add() takes a field named "%s" for the result: %s', (name, isTelling) => {
  const row = structuredClone(ROWS[0]!)
  technicals(row)[name] = 'x'
  expect(new FeatureLeaks().add(row)).toEqual(isTelling ? [`context.technicals.${name}`] : [])
})
