import { expect, test } from 'vitest'

import { hashJson } from '../canonical/canonical-json.ts'
import { exampleEvalReport } from '../testing/lifecycle.ts'
import { CountedShare, EvalReport, evalReportRef } from './eval-report.ts'

const FAILED = { gate: 'false-veto', passed: false, code: 'false_veto_rate_above_max', evidence: {} }

function codesOf(report: unknown): unknown[] {
  const parsed = EvalReport.safeParse(report)
  const issues = parsed.success ? [] : parsed.error.issues
  return issues.map((issue) => (issue.code === 'custom' ? issue.params?.['code'] : issue.code))
}

test('EvalReport says "pass" exactly when every outcome passed', () => {
  const report = exampleEvalReport()
  expect(codesOf(report)).toEqual([])
  expect(codesOf({ ...report, gate_compatibility: 'fail' })).toEqual(['gate_compatibility_mismatch'])
  const failed = { ...report, outcomes: [...report.outcomes, FAILED], promotion_recommendation: 'hold' }
  expect(codesOf(failed)).toEqual(['gate_compatibility_mismatch'])
  expect(codesOf({ ...failed, gate_compatibility: 'fail' })).toEqual([])
})

test('EvalReport recommends nothing but "hold" when an outcome failed', () => {
  const report = { ...exampleEvalReport(), outcomes: [FAILED], gate_compatibility: 'fail' }
  expect(codesOf(report)).toEqual(['recommendation_without_pass'])
})

test('EvalReport needs an outcome and all five files', () => {
  const report = exampleEvalReport()
  expect(codesOf({ ...report, outcomes: [] })).toContain('too_small')
  for (const name of Object.keys(report.files)) {
    expect(codesOf({ ...report, files: { ...report.files, [name]: undefined } })).toEqual(['invalid_type'])
  }
})

test.each([
  [{ hits: 0, rows: 0, bound: null }, true],
  [{ hits: 0, rows: 0, bound: 1 }, false],
  [{ hits: 1, rows: 1, bound: 0.05 }, true],
  [{ hits: 1, rows: 1, bound: null }, false],
  [{ hits: 2, rows: 1, bound: 0.5 }, false],
  [{ hits: 1, rows: 1, bound: Number.NaN }, false],
  [{ hits: 1, rows: 1, bound: 1.01 }, false],
  [{ hits: 0.5, rows: 1, bound: 0.5 }, false],
])('CountedShare %j: %s', (share, accepted) => {
  expect(CountedShare.safeParse(share).success).toBe(accepted)
})

test('evalReportRef() names a report by the hash of all of it', () => {
  const report = exampleEvalReport()
  const ref = evalReportRef(report)
  expect(ref).toEqual({
    eval_hash: hashJson(report),
    artifact_hash: report.artifact_hash,
    dataset_hash: report.dataset_hash,
    evaluated_at: report.evaluated_at,
  })
  expect(evalReportRef({ ...report, evaluated_at: '2026-03-01T08:00:01Z' }).eval_hash).not.toBe(ref.eval_hash)
})
