import { DatasetManifest, DatasetRow, canonicalJson, sha256Hex } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { namedStream, shuffled } from '../random/random-stream.ts'
import {
  SELECTION,
  sampleFeedback,
  sampleRecord,
  sampleReviews,
  sampleRows,
  sampleSubmission,
} from '../testing/sample-reviews.ts'
import { assembleRow } from './dataset-row.ts'
import type { StoredReview } from './dataset-row.ts'
import { DatasetTally, compareRows } from './dataset-tally.ts'
import { pointInTimeJoin } from './point-in-time.ts'
import type { Version } from './point-in-time.ts'
import { lineageFaults, sourcesOf } from './sources.ts'

const MARKET = { seed: 'dataset', days: 30, horizonDays: 2 }

function stored(changes: Partial<StoredReview> = {}): StoredReview {
  return {
    submission: sampleSubmission(),
    record: sampleRecord(),
    shadowOf: null,
    results: [],
    feedback: [sampleFeedback()],
    ...changes,
  }
}

function reasonFor(changes: Partial<StoredReview>, selection = SELECTION): string {
  const assembled = assembleRow(stored(changes), selection)
  return assembled.ok ? 'kept' : assembled.reason
}

function manifestOf(rows: readonly DatasetRow[]): DatasetManifest | null {
  const tally = new DatasetTally()
  for (const row of rows) tally.add(row)
  return tally.manifest(SELECTION)
}

test('assembleRow() makes a row of its shape that holds nothing of the review itself', () => {
  const record = sampleRecord({ advice: { verdict: 'veto', rationale: 'words-of-the-reviewer' } as never })
  const assembled = assembleRow(stored({ record }), SELECTION)
  if (!assembled.ok) throw new Error(assembled.reason)
  expect(DatasetRow.parse(assembled.row)).toEqual(assembled.row)
  expect(assembled.row).toMatchObject({
    label: 'veto',
    label_basis: 'feedback',
    marks: [],
    decided_at: '2026-02-27T15:31:00Z',
  })
  expect(canonicalJson(assembled.row)).not.toContain('words-of-the-reviewer')
  expect(lineageFaults(assembled.row.input, assembled.row.sources)).toEqual([])
})

test.each<[string, Partial<StoredReview>]>([
  ['fallback', { record: sampleRecord({ fallback: { cause: 'gateway_timeout', detail: '' } }) }],
  ['error', { record: sampleRecord({ fallback: { cause: 'internal', detail: '' } }) }],
  ['shadow', { shadowOf: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7c02' }],
  ['reducing', { record: sampleRecord({ llm_skipped: 'reducing' }) }],
])('assembleRow() marks %s rows and leaves them out unless they are asked for', (mark, changes) => {
  expect(reasonFor(changes)).toBe('marked')
  const all = assembleRow(stored(changes), {
    ...SELECTION,
    marks_included: ['fallback', 'error', 'shadow', 'reducing'],
  })
  expect(all.ok && all.row.marks).toContain(mark)
})

test('assembleRow() takes the window from its start up to its end', () => {
  const at = '2026-02-27T15:31:00Z'
  expect(reasonFor({}, { ...SELECTION, starts_at: at })).toBe('kept')
  expect(reasonFor({}, { ...SELECTION, starts_at: '2026-02-27T15:31:00.001Z' })).toBe('outside_window')
  expect(reasonFor({}, { ...SELECTION, ends_at: at })).toBe('outside_window')
  expect(reasonFor({ feedback: [] })).toBe('unlabelled')
})

test('assembleRow() drops the decision from its own recent ones and no other', () => {
  const submission = sampleSubmission()
  const { strategy_id, symbol } = submission.request.decision
  const recent = {
    strategy_id,
    symbol,
    action: 'buy',
    qty: '1',
    status: 'done',
    created_at: '2026-02-27T15:00:00Z',
    rationale: null,
    price: null,
  } as const
  submission.request.recent_decisions = ['earlier', submission.trade_decision_id.toUpperCase()].map((decision_id) => ({
    ...recent,
    decision_id,
  }))
  const assembled = assembleRow(stored({ submission }), SELECTION)
  expect(assembled.ok && assembled.row.input.request.recent_decisions.map(({ decision_id }) => decision_id)).toEqual([
    'earlier',
  ])
})

test('assembleRow() refuses what cannot be traced to a time', () => {
  const submission = sampleSubmission()
  submission.request.market_context!.domains.technicals.as_of = null
  expect(assembleRow(stored({ submission }), SELECTION)).toMatchObject({
    ok: false,
    reason: 'lineage_incomplete',
    faults: [{ path: 'request.market_context.domains.technicals', code: 'source_unnamed_time' }],
  })
})

test('lineageFaults() finds a missing source, another value, and knowledge before the event', () => {
  const input = sampleSubmission()
  const sources = sourcesOf(input)
  expect(sources.map(({ path }) => path)).toContain('gate_state.reference_price')
  for (const { path } of sources) {
    expect(
      lineageFaults(
        input,
        sources.filter((one) => one.path !== path),
      ),
    ).toEqual([{ path, code: 'source_missing' }])
  }
  const market = sources.findIndex(({ path }) => path === 'request.market')
  const changed = (change: object) => sources.map((source, at) => (at === market ? { ...source, ...change } : source))
  expect(lineageFaults(input, changed({ value_hash: '0'.repeat(64) }))).toMatchObject([
    { code: 'source_value_mismatch' },
  ])
  expect(lineageFaults(input, changed({ known_at: '2026-02-27T15:30:59Z' }))).toMatchObject([
    { code: 'source_known_before_event' },
  ])
})

test('DatasetTally writes the same manifest for the same rows, and another when one byte differs', () => {
  const rows = sampleRows(MARKET)
  const manifest = manifestOf(rows)
  expect(DatasetManifest.parse(manifest)).toEqual(manifest)
  const again = shuffled(sampleReviews(MARKET), namedStream('order')).flatMap((one) => {
    const assembled = assembleRow(one, SELECTION)
    return assembled.ok ? [assembled.row] : []
  })
  expect(manifestOf(again.sort(compareRows))).toEqual(manifest)
  const changed = rows.map((row, at) => (at === 7 ? { ...row, strategy_id: `${row.strategy_id} ` } : row))
  expect(manifestOf(changed)?.rows_hash).not.toBe(manifest?.rows_hash)
  expect(manifest?.rows_hash).toBe(sha256Hex(rows.map((row) => `${canonicalJson(row)}\n`).join('')))
})

test('DatasetTally has no manifest for nothing, and refuses rows out of order or twice', () => {
  expect(new DatasetTally().manifest(SELECTION)).toBeNull()
  const [first, second] = sampleRows(MARKET) as [DatasetRow, DatasetRow]
  const tally = new DatasetTally()
  tally.add(second)
  expect(() => tally.add(first)).toThrow(expect.objectContaining({ code: 'ROWS_OUT_OF_ORDER' }))
  expect(() => tally.add(second)).toThrow(expect.objectContaining({ code: 'ROWS_OUT_OF_ORDER' }))
})

test('pointInTimeJoin() shows a decision the wording that was known then, of the latest time', () => {
  const version = (key: string, event: number, known: number, value: string): Version<string> => ({
    key,
    value,
    event_at: `2026-01-0${event}T00:00:00Z`,
    known_at: `2026-01-0${known}T00:00:00Z`,
  })
  const versions = [
    version('gdp', 1, 2, 'first'),
    version('gdp', 3, 3, 'third'),
    version('gdp', 1, 4, 'revised'),
    version('cpi', 2, 5, 'cpi'),
  ]
  const decisions = [1, 2, 3, 4, 5].map((day) => ({ decidedAt: `2026-01-0${day}T00:00:00Z` }))
  const seen = [...pointInTimeJoin(decisions, versions)].map(({ known }) => [
    known.get('gdp')?.value,
    known.get('cpi')?.value,
  ])
  expect(seen).toEqual([
    [undefined, undefined],
    ['first', undefined],
    ['third', undefined],
    ['third', undefined],
    ['third', 'cpi'],
  ])
  expect(() => [...pointInTimeJoin([...decisions].reverse(), versions)]).toThrow(RangeError)
  expect(() => [...pointInTimeJoin(decisions, [...versions].reverse())]).toThrow(RangeError)
})

test('pointInTimeJoin() lets a revision of the same time replace the first wording once it is known', () => {
  const event_at = '2026-01-01T00:00:00Z'
  const versions = ['2026-01-02T00:00:00Z', '2026-01-04T00:00:00.5Z'].map((known_at, at) => ({
    key: 'k',
    value: at,
    event_at,
    known_at,
  }))
  const decisions = ['2026-01-04T00:00:00.49Z', '2026-01-04T00:00:00.500Z'].map((decidedAt) => ({ decidedAt }))
  expect([...pointInTimeJoin(decisions, versions)].map(({ known }) => known.get('k')?.value)).toEqual([0, 1])
})
