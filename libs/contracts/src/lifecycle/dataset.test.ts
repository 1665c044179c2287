import { expect, test } from 'vitest'

import { exampleSubmission } from '../testing/submission.ts'
import { DatasetManifest, DatasetRow, SplitRule } from './dataset.ts'
import { LabelClass, RegimeBucket, labelClass, regimeBucket } from './eval-vocabulary.ts'
import { PairedDifference } from './metrics-report.ts'

const FEEDBACK = {
  feedback_id: '00000000-0000-4000-8000-000000000010',
  source: 'desk_rule',
  class: 'veto',
  known_at: '2026-02-27T15:32:00Z',
}

function row(changes: object = {}) {
  const { trade_decision_id, request } = exampleSubmission()
  return {
    schema_version: 'torghut.dataset-row.v1',
    row_id: 'a'.repeat(64),
    trade_decision_id,
    review_id: trade_decision_id,
    symbol: 'NVDA',
    strategy_id: request.decision.strategy_id,
    action: 'buy',
    regime: 'unknown',
    decided_at: request.decision.event_ts,
    label: 'veto',
    label_basis: 'feedback',
    label_ends_at: FEEDBACK.known_at,
    labels: { feedback: FEEDBACK, gates: null, realised: null, counterfactual: null },
    marks: [],
    sources: [
      {
        path: 'request.market',
        source: 'bars',
        event_at: FEEDBACK.known_at,
        known_at: FEEDBACK.known_at,
        value_hash: 'b'.repeat(64),
      },
    ],
    input: exampleSubmission(),
    ...changes,
  }
}

test.each<[string, object, boolean]>([
  ['its basis gives', {}, true],
  ['its basis does not give', { label: 'approve' }, false],
  ['of a basis that has none', { label_basis: 'realised' }, false],
  ['and no source at all', { sources: [] }, false],
  ['and the verdict of its reviewer', { verdict: 'veto' }, false],
])('DatasetRow with a label %s: %s', (_what, changes, accepted) => {
  expect(DatasetRow.safeParse(row(changes)).success).toBe(accepted)
})

test('DatasetManifest is of at least one row', () => {
  const manifest = {
    schema_version: 'torghut.dataset-manifest.v1',
    selection: {
      program_name: 'trade-review-committee-v1',
      starts_at: '2026-01-01T00:00:00Z',
      ends_at: '2026-02-01T00:00:00Z',
      known_until: '2026-02-01T00:00:00Z',
      universe: 'all',
      seed: 'seed-1',
      label_order: ['feedback'],
      dead_band: '0.001',
      marks_included: [],
    },
    rows: 1,
    rows_hash: 'a'.repeat(64),
    first_decided_at: '2026-01-02T00:00:00Z',
    last_decided_at: '2026-01-02T00:00:00Z',
    by_regime: { unknown: 1 },
    by_label: { veto: 1 },
    by_basis: { feedback: 1 },
    by_symbol: [{ symbol: 'NVDA', rows: 1 }],
    left_out: { unlabelled: 3 },
    sources: 9,
  }
  expect(DatasetManifest.safeParse(manifest).success).toBe(true)
  expect(DatasetManifest.safeParse({ ...manifest, rows: 0 }).success).toBe(false)
  expect(DatasetManifest.safeParse({ ...manifest, built_at: '2026-01-02T00:00:00Z' }).success).toBe(false)
})

test.each([
  [0.5, true],
  [0.49, false],
  [1, true],
  [1.01, false],
  [NaN, false],
])('SplitRule with a largest regime share of %d: %s', (regime_share_max, accepted) => {
  const rule = {
    method: 'temporal_purged',
    seed: 'seed-1',
    shares: { train: 0.6, validation: 0.2, test: 0.2 },
    embargo_seconds: 0,
    rows_min: 1,
    regimes_required: [],
    regime_rows_min: 0,
    regime_share_max,
  }
  expect(SplitRule.safeParse(rule).success).toBe(accepted)
})

test('SplitRule shares are of one whole', () => {
  const rule = {
    method: 'temporal_purged',
    seed: 's',
    embargo_seconds: 0,
    rows_min: 1,
    regimes_required: [],
    regime_rows_min: 0,
    regime_share_max: 1,
  }
  const accepts = (shares: object) => SplitRule.safeParse({ ...rule, shares }).success
  expect(accepts({ train: 0.6, validation: 0.2, test: 0.2 })).toBe(true)
  expect(accepts({ train: 0.6, validation: 0.3, test: 0.2 })).toBe(false)
  expect(accepts({ train: 0.8, validation: 0.2, test: 0 })).toBe(false)
})

test('labelClass() counts abstain and escalate as veto', () => {
  expect((['approve', 'adjust', 'veto', 'abstain', 'escalate'] as const).map(labelClass)).toEqual([
    'approve',
    'adjust',
    'veto',
    'veto',
    'veto',
  ])
  expect(LabelClass.options).toHaveLength(3)
})

test('regimeBucket() knows R1 to R5 and nothing else', () => {
  const ids = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'toString', null]
  expect(ids.map(regimeBucket)).toEqual([
    'mean_reverting',
    'trending',
    'trending',
    'high_volatility',
    'crisis',
    'unknown',
    'unknown',
    'unknown',
  ])
  expect(RegimeBucket.options).toContain('unknown')
})

test.each([
  [{ pairs: 2, mean: 0, low: -1, high: 1 }, true],
  [{ pairs: 2, mean: 0, low: 1, high: -1 }, false],
  [{ pairs: 2, mean: NaN, low: -1, high: 1 }, false],
  [{ pairs: 2, mean: 0, low: -Infinity, high: 1 }, false],
  [null, true],
])('PairedDifference %j: %s', (difference, accepted) => {
  expect(PairedDifference.safeParse(difference).success).toBe(accepted)
})
