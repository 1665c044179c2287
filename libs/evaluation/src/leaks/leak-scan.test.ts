import { hashJson } from '@torghut/contracts'
import type { DatasetRow, LeakKind, Segment } from '@torghut/contracts'
import { describe, expect, test } from 'vitest'

import { sourcesOf } from '../dataset/sources.ts'
import { namedStream } from '../random/random-stream.ts'
import { SplitPlanner } from '../split/split-planner.ts'
import { SPLIT_RULE, closeAt, sampleRows } from '../testing/sample-reviews.ts'
import { LeakScan } from './leak-scan.ts'
import type { LeakReport } from './leak-scan.ts'
import { sourceHistory } from './source-history.ts'
import type { SourceVersion } from './source-history.ts'

interface SplitSet {
  rows: { row: DatasetRow; segment: Segment }[]
  versions: SourceVersion[]
}

const SEEDS = Array.from({ length: 10 }, (_, seed) => seed)

const BUILT = new Map<number, SplitSet>()

/** A clean set of 360 rows, split; every second one has labels that overlap. Built once and never changed. */
function cleanSet(seed: number): SplitSet {
  const set = BUILT.get(seed) ?? buildSet(seed)
  BUILT.set(seed, set)
  return set
}

function buildSet(seed: number, days = 120): SplitSet {
  const rows = sampleRows({ seed: `set-${seed}`, days, horizonDays: seed % 2 === 0 ? 1 : days / 24 })
  const planner = new SplitPlanner(SPLIT_RULE)
  for (const row of rows) planner.add(row)
  const plan = planner.plan()
  if (!plan.ok) throw new Error(JSON.stringify(plan))
  const placed = rows.flatMap((row, index) => {
    const segment = plan.segmentOf(index)
    return segment === null ? [] : [{ row, segment }]
  })
  return { rows: placed, versions: versionsOf(rows) }
}

function versionsOf(rows: readonly DatasetRow[]): SourceVersion[] {
  return rows.flatMap(({ symbol, sources }) => sources.map((source) => ({ ...source, symbol })))
}

function scan({ rows, versions }: SplitSet, history = true): LeakReport {
  const leakScan = new LeakScan({
    embargoSeconds: SPLIT_RULE.embargo_seconds,
    history: history ? sourceHistory(versions) : null,
  })
  for (const { row, segment } of rows) leakScan.add(row, segment)
  return leakScan.finish()
}

function kindsIn(set: SplitSet): LeakKind[] {
  return [...new Set(scan(set).listed.map(({ kind }) => kind))]
}

/**
 * The set with one row changed past its sources' knowledge; sources are made anew from the input unless told otherwise.
 */
function withRow(set: SplitSet, seed: number, change: (row: DatasetRow, set: SplitSet) => void): SplitSet {
  const at = namedStream(`${seed}`, 'planted').nextBelow(set.rows.length)
  const rows = set.rows.map((placed, index) => {
    if (index !== at) return placed
    const row = structuredClone(placed.row)
    change(row, set)
    return { ...placed, row }
  })
  return { ...set, rows }
}

function withEachRow(set: SplitSet, change: (row: DatasetRow) => void): SplitSet {
  const rows = set.rows.map(({ row, segment }) => {
    const copy = structuredClone(row)
    change(copy)
    copy.sources = sourcesOf(copy.input)
    return { row: copy, segment }
  })
  // A scanner that only had this set's own word for what was known when would see no revision in it.
  return { rows, versions: versionsOf(rows.map(({ row }) => row)) }
}

function technicals(row: DatasetRow): Record<string, unknown> {
  return row.input.request.market_context!.domains.technicals.payload
}

/** One way to spoil a set, and the kind a scan has to name it by. */
const PLANTS: [string, LeakKind, (set: SplitSet, seed: number) => SplitSet][] = [
  [
    'a bar of the next day in one row',
    'future_bar',
    (set, seed) =>
      withRow(set, seed, (row) => {
        row.input.request.market!.as_of = new Date(Date.parse(row.decided_at) + 86_400_000).toISOString()
        row.sources = sourcesOf(row.input)
      }),
  ],
  [
    'a bar of the next day under an older stamp of its source',
    'future_bar',
    (set, seed) =>
      withRow(set, seed, (row) => {
        row.input.request.market!.as_of = new Date(Date.parse(row.decided_at) + 1).toISOString()
        row.sources = sourcesOf(row.input).map((source) => ({
          ...source,
          event_at: row.decided_at,
          known_at: row.decided_at,
        }))
      }),
  ],
  [
    'a figure about yesterday that was published tomorrow',
    'future_bar',
    (set, seed) =>
      withRow(set, seed, (row) => {
        const known_at = new Date(Date.parse(row.decided_at) + 86_400_000).toISOString()
        row.sources = row.sources.map((source) => (source.path === 'request.market' ? { ...source, known_at } : source))
      }),
  ],
  [
    'a row that claims to have been decided later than it was',
    'future_bar',
    (set, seed) =>
      withRow(set, seed, (row) => void (row.decided_at = new Date(Date.parse(row.decided_at) + 60_000).toISOString())),
  ],
  [
    'the net result in one row',
    'result_in_features',
    (set, seed) =>
      withRow(set, seed, (row) => {
        technicals(row)['edge'] = row.labels.realised!.net
        row.sources = sourcesOf(row.input)
      }),
  ],
  [
    'a noisy sign of the result in every row',
    'result_in_features',
    (set, seed) => {
      const noise = namedStream(`${seed}`, 'noise')
      return withEachRow(
        set,
        (row) => void (technicals(row)['score'] = Math.sign(Number(row.labels.realised!.net)) + noise.nextUnit()),
      )
    },
  ],
  [
    'the exit price in every row',
    'result_in_features',
    (set) => withEachRow(set, (row) => void (technicals(row)['vwap'] = Number(row.labels.realised!.exit_price))),
  ],
  [
    'a field that says what it is',
    'result_in_features',
    (set, seed) => withRow(set, seed, (row) => void (technicals(row)['nextReturn'] = 1)),
  ],
  [
    'a training row told again in the test part, a little changed',
    'twin_across_split',
    (set, seed) => {
      const trained = set.rows.filter(({ segment }) => segment === 'train')
      const twin = structuredClone(trained[namedStream(`${seed}`, 'twin').nextBelow(trained.length)]!.row)
      twin.row_id = hashJson(['twin', seed])
      technicals(twin)['volume'] = (technicals(twin)['volume'] as number) * 1.0002
      twin.sources = sourcesOf(twin.input)
      return { ...set, rows: [...set.rows, { row: twin, segment: 'test' }] }
    },
  ],
  [
    'a training label that is open when validation begins',
    'horizon_overlap',
    (set, seed) => {
      const start = set.rows.find(({ segment }) => segment === 'validation')!.row.decided_at
      const last = set.rows.filter(({ segment }) => segment === 'train').length - 1 - (seed % 5)
      const rows = set.rows.map((placed, index) =>
        index === last ? { ...placed, row: { ...placed.row, label_ends_at: start } } : placed,
      )
      return { ...set, rows }
    },
  ],
  [
    'a label that hides how long it was open',
    'horizon_overlap',
    (set, seed) => {
      const last = set.rows.filter(({ segment }) => segment === 'train').length - 1 - (seed % 5)
      const rows = set.rows.map(({ row, segment }, index) => {
        if (index !== last) return { row, segment }
        const realised = { ...row.labels.realised!, known_at: closeAt(400), ends_at: closeAt(400) }
        return { row: { ...row, labels: { ...row.labels, realised } }, segment }
      })
      return { ...set, rows }
    },
  ],
  [
    'a figure as it was revised a week later',
    'revised_data',
    (set, seed) => {
      const revisions: SourceVersion[] = []
      const spoiled = withRow(set, seed, (row) => {
        const path = 'request.market_context.domains.technicals'
        technicals(row)['volume'] = (technicals(row)['volume'] as number) * 1.3
        row.sources = sourcesOf(row.input)
        const source = row.sources.find((one) => one.path === path)!
        revisions.push({
          ...source,
          symbol: row.symbol,
          known_at: new Date(Date.parse(row.decided_at) + 7 * 86_400_000).toISOString(),
        })
      })
      return { ...spoiled, versions: [...set.versions, ...revisions] }
    },
  ],
  [
    'a revised figure under the hash of the first one',
    'revised_data',
    (set, seed) =>
      withRow(set, seed, (row) => void (technicals(row)['volume'] = (technicals(row)['volume'] as number) * 1.3)),
  ],
  [
    'the decision among its own recent ones',
    'own_record',
    (set, seed) =>
      withRow(set, seed, (row) => {
        const { strategy_id, symbol, action, qty } = row.input.request.decision
        row.input.request.recent_decisions = [
          {
            decision_id: row.trade_decision_id,
            strategy_id,
            symbol,
            action,
            qty,
            status: 'vetoed',
            created_at: row.decided_at,
            rationale: null,
            price: null,
          },
        ]
        row.sources = sourcesOf(row.input)
      }),
  ],
]

describe.each(PLANTS)('LeakScan finds %s', (_what, kind, plant) => {
  test.each(SEEDS)(`as ${kind}, seed %d`, (seed) => {
    expect(kindsIn(plant(cleanSet(seed), seed))).toContain(kind)
  })
})

test('LeakScan accuses at most one of a hundred clean sets', () => {
  const accused = Array.from({ length: 100 }, (_, seed) => seed).filter(
    (seed) => scan(buildSet(1000 + seed, 72)).findings > 0,
  )
  expect(accused.length).toBeLessThanOrEqual(1)
  // A hundred sets take seconds on a quiet machine, and many when others use it.
}, 120_000)

test('LeakScan says which kinds it could not look for', () => {
  expect(scan(cleanSet(1), false).kindsChecked).not.toContain('revised_data')
  expect(scan(cleanSet(1)).kindsChecked).toHaveLength(6)
})

test('LeakScan counts every finding and lists a hundred', () => {
  const report = scan(withEachRow(cleanSet(2), (row) => void (technicals(row)['label'] = 1)))
  expect(report.findings).toBeGreaterThan(300)
  expect(report.listed).toHaveLength(100)
})
