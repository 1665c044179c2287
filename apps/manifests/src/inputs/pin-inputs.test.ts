import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { exampleInputs } from '../testing/example-inputs.ts'
import { contradictions } from './contradictions.ts'
import { findDenial } from './denylist.ts'
import type { Denylist } from './denylist.ts'
import { readValues } from './read-values.ts'
import { Risks, unresolvedRisks } from './risks.ts'
import { TrafficSplit } from './traffic-split.ts'

const HASH = 'a'.repeat(64)
const DENIAL: Denylist['entries'][number] = {
  ...{ kind: 'program', program_name: 'trade-review-committee-v1', artifact_hash: HASH, source: 'person', rollout_id: null },
  ...{ denied_by: 'ada', reason: 'Fallbacks', denied_at: '2026-03-01T10:00:00Z', cleared: null },
}
const CLEARED = { ...DENIAL, cleared: { cleared_by: 'ada', reason: 'Gateway', cleared_at: '2026-03-02T10:00:00Z' } }

test('every unresolved risk of config/risks.yaml has an owner whom alerts have too', () => {
  const risks = readValues(fileURLToPath(new URL('../../../../config/risks.yaml', import.meta.url)), Risks)
  const teams = Object.values(exampleInputs().owners.families)
  for (const { owner } of unresolvedRisks(risks)) expect(teams).toContain(owner)
})

test('Risks refuses a number that is given twice', () => {
  const risk = { id: 'R-1', title: 'x', owner: 'a', severity: 'low', status: 'closed', openedOn: '2026-01-01', mitigation: 'y' }
  expect(Risks.safeParse({ risks: [risk, { ...risk, id: 'R-2' }] }).success).toBe(true)
  expect(Risks.safeParse({ risks: [risk, risk] }).error?.issues[0]?.path).toEqual(['risks', 1, 'id'])
})

test.each([
  [[], undefined],
  [[DENIAL], 'ada'],
  [[CLEARED], undefined],
  [[CLEARED, DENIAL], 'ada'],
  // One person cleared one denial; the other still stands.
  [[DENIAL, CLEARED], 'ada'],
])('findDenial() of %j: %s', (entries, by) => {
  expect(findDenial({ entries }, HASH)?.denied_by).toBe(by)
})

test('contradictions() names a denied pin, and not one that was cleared', () => {
  const withDenials = (entries: Denylist['entries']) => contradictions({ ...exampleInputs(HASH), denylist: { entries } })
  expect(withDenials([CLEARED])).toEqual([])
  expect(withDenials([DENIAL])).toEqual([expect.stringContaining('denied by ada')])
})

test('contradictions() names a share of the traffic for a revision of a denied artifact or of another service', () => {
  const inputs = exampleInputs('b'.repeat(64))
  const place = { artifact_hash: HASH, revision: 'torghut-review-api-0123456789' }
  const past = { ...place, action: 'pin' as const, promotion: null, replaced: place, pinned_at: '2026-03-01T10:00:00Z', pinned_by: 'ada', reason: 'x' }
  const withShare = (revisionName: string, percent: number) =>
    contradictions({ ...inputs, denylist: { entries: [DENIAL] }, history: { pins: [past] }, traffic: { traffic: [{ revisionName, percent }] } })
  expect(withShare(place.revision, 1)).toEqual([expect.stringContaining('gives 1 % to torghut-review-api-0123456789')])
  expect(withShare(place.revision, 0)).toEqual([])
  expect(withShare('torghut-review-api-9876543210', 100)).toEqual([])
  expect(withShare('another-9876543210', 100)).toEqual([expect.stringContaining('no revision of torghut-review-api')])
})

test.each([
  [[100], true],
  [[60, 40], true],
  [[100, 0], true],
  [[60, 39], false],
  [[60, 41], false],
  [[101], false],
  [[-1, 101], false],
  [[50.5, 49.5], false],
  [[], false],
])('TrafficSplit of %j percent is good: %s', (percents, isGood) => {
  const traffic = percents.map((percent, index) => ({ revisionName: `r-${index}`, percent }))
  expect(TrafficSplit.safeParse({ traffic }).success).toBe(isGood)
})
