import { SplitManifest, hashJson } from '@torghut/contracts'
import type { DatasetRow } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { sourceHistory } from '../leaks/source-history.ts'
import { SPLIT_RULE, sampleRows } from '../testing/sample-reviews.ts'
import { SplitWriter } from './split-manifest.ts'
import type { WrittenSplit } from './split-manifest.ts'
import { SplitPlanner } from './split-planner.ts'

const ROWS = sampleRows({ seed: 'manifest', days: 60, horizonDays: 2 })
const HISTORY = sourceHistory(ROWS.flatMap(({ symbol, sources }) => sources.map((source) => ({ ...source, symbol }))))

function write(
  rows: readonly DatasetRow[],
  { rule = SPLIT_RULE, history = HISTORY as typeof HISTORY | null } = {},
): WrittenSplit {
  const planner = new SplitPlanner(rule)
  for (const row of ROWS) planner.add(row)
  const plan = planner.plan()
  if (!plan.ok) throw new Error(JSON.stringify(plan))
  const writer = new SplitWriter(plan, { datasetHash: 'd'.repeat(64), rule, history })
  for (const row of rows) writer.add(row)
  return writer.finish()
}

test('SplitWriter names a split by content: the same rows and rule give the same hash, another rule another', () => {
  const [first, again, other] = [
    write(ROWS),
    write(ROWS),
    write(ROWS, { rule: { ...SPLIT_RULE, embargo_seconds: 3600 } }),
  ]
  if (!first.ok || !again.ok || !other.ok) throw new Error('no split')
  expect(SplitManifest.parse(first.manifest)).toEqual(first.manifest)
  expect(hashJson(again.manifest)).toBe(hashJson(first.manifest))
  expect(hashJson(other.manifest)).not.toBe(hashJson(first.manifest))
  const { segments, left_out: leftOut } = first.manifest
  const placed = segments.train.rows + segments.validation.rows + segments.test.rows
  expect(placed + leftOut.purged + leftOut.twin + leftOut.balance).toBe(ROWS.length)
  expect(leftOut.purged).toBeGreaterThan(0)
})

test('SplitWriter writes no manifest over a leak, nor over a scan that could not look', () => {
  const leaking = ROWS.map((row, at) => (at === 5 ? { ...row, decided_at: row.decided_at.replace('Z', '.5Z') } : row))
  expect(write(leaking)).toMatchObject({ ok: false, code: 'leaks_found' })
  expect(write(ROWS, { history: null })).toMatchObject({ ok: false, code: 'leaks_unchecked' })
})
