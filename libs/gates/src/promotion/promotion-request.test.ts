import { hashJson } from '@torghut/contracts'
import { exampleApproval, exampleCompiledArtifact, exampleEvalReport } from '@torghut/contracts/testing'
import { expect, test } from 'vitest'

import { judgePromotion } from './promotion-request.ts'
import type { PromotionRequest } from './promotion-request.ts'

const REPORT = exampleEvalReport()

/** A promotion to paper at 10:00 of what was evaluated at 08:00 and approved at 09:00. */
function request(changes: Partial<PromotionRequest> = {}): PromotionRequest {
  return {
    target: 'paper',
    artifact: exampleCompiledArtifact(),
    compile: { hash: REPORT.compile_hash, artifactHash: REPORT.artifact_hash, compiledBy: 'lifecycle-worker' },
    evalReport: REPORT,
    approval: exampleApproval(),
    isApprovalUsed: false,
    metricPolicy: { hash: REPORT.metric_policy_hash, reportAgeMaxHours: 24 },
    promotedTargets: [],
    holds: [],
    isDenylisted: false,
    at: '2026-03-01T10:00:00Z',
    ...changes,
  }
}

/** The same evidence for another target, approval and report included. */
function forTarget(
  target: PromotionRequest['target'],
  promotedTargets: PromotionRequest['promotedTargets'],
): PromotionRequest {
  const evalReport = { ...REPORT, promotion_recommendation: target }
  return request({
    target,
    evalReport,
    promotedTargets,
    approval: { ...exampleApproval(), target, eval_hash: hashJson(evalReport) },
  })
}

function failures(given: PromotionRequest): string[] {
  return judgePromotion(given).flatMap((outcome) => (outcome.passed ? [] : [outcome.code]))
}

test('judgePromotion() lets complete and current evidence pass', () => {
  expect(failures(request())).toEqual([])
  expect(judgePromotion(request())).toHaveLength(7)
})

const ANOTHER = { ...exampleCompiledArtifact(), signature_version: 'v2' }

test.each<[string[], Partial<PromotionRequest>]>([
  [['promotions_held'], { holds: ['pause_promotions'] }],
  [['artifact_denylisted'], { isDenylisted: true }],
  [['artifact_denylisted'], { isDenylisted: undefined as never }],
  [['artifact_hash_mismatch', 'eval_report_of_another_artifact', 'approval_of_something_else'], { artifact: ANOTHER }],
  [['eval_report_of_another_compile'], { compile: { ...request().compile, hash: '0'.repeat(64) } }],
  [['eval_report_of_another_policy'], { metricPolicy: { hash: '0'.repeat(64), reportAgeMaxHours: 24 } }],
  [['approval_used'], { isApprovalUsed: true }],
  [['approver_is_compiler'], { compile: { ...request().compile, compiledBy: 'risk-desk' } }],
  [['approval_not_current'], { at: '2026-03-01T08:59:59.999Z' }],
  [[], { at: '2026-03-01T09:00:00Z' }],
  [[], { at: '2026-03-01T16:59:59.999999999Z' }],
  [['approval_not_current'], { at: '2026-03-01T17:00:00Z' }],
  [['eval_report_created_at_invalid', 'approval_not_current'], { at: '2026-03-01T07:59:59Z' }],
  [['eval_report_created_at_missing', 'approval_not_current'], { at: 'soon' }],
  [['report_age_threshold_missing'], { metricPolicy: { ...request().metricPolicy, reportAgeMaxHours: NaN } }],
  [['eval_report_stale'], { metricPolicy: { ...request().metricPolicy, reportAgeMaxHours: 1.9 } }],
  [[], { metricPolicy: { ...request().metricPolicy, reportAgeMaxHours: 2 } }],
])('judgePromotion() answers %j', (codes, changes) => {
  expect(failures(request(changes))).toEqual(codes)
})

test('judgePromotion() refuses a report older than a day, whatever the policy allows', () => {
  const late = {
    at: '2026-03-02T08:00:00.000000001Z',
    metricPolicy: { ...request().metricPolicy, reportAgeMaxHours: 99 },
  }
  expect(failures(request(late))).toContain('eval_report_stale')
  expect(failures(request({ ...late, at: '2026-03-02T08:00:00Z' }))).not.toContain('eval_report_stale')
})

test.each<[Partial<PromotionRequest['evalReport']>, string]>([
  [{ gate_compatibility: 'fail' }, 'gate_compatibility_not_pass'],
  [{ outcomes: [] }, 'gate_compatibility_not_pass'],
  [
    { outcomes: [{ gate: 'latency', passed: false, code: 'not_enough_evidence', evidence: {} }] },
    'gate_compatibility_not_pass',
  ],
  [{ gate_bypasses: 1 }, 'gate_bypass'],
  [{ gate_bypasses: NaN }, 'gate_bypass'],
  [{ void_rows: 1 }, 'void_rows'],
  [{ promotion_recommendation: 'hold' }, 'target_not_recommended'],
  [{ promotion_recommendation: 'shadow' }, 'target_not_recommended'],
])('judgePromotion() of a report with %j answers %s', (changes, code) => {
  expect(failures(request({ evalReport: { ...REPORT, ...changes } }))).toContain(code)
})

test.each<[PromotionRequest['target'], PromotionRequest['promotedTargets'], string[]]>([
  ['paper', [], []],
  ['shadow', [], ['ladder_step_missing']],
  ['shadow', ['paper'], []],
  ['constrained_live', ['paper'], ['ladder_step_missing']],
  ['constrained_live', ['paper', 'shadow'], []],
  ['scaled_live', ['paper', 'shadow'], ['ladder_step_missing']],
  ['scaled_live', ['constrained_live'], []],
])('judgePromotion() to %s after %j answers %j', (target, promoted, codes) => {
  expect(failures(forTarget(target, promoted))).toEqual(codes)
})

test.each<[string, object]>([
  ['target', { target: 'shadow' }],
  ['artifact', { artifact_hash: 'b'.repeat(64) }],
  ['evaluation', { eval_hash: 'b'.repeat(64) }],
  ['program', { program_name: 'another' }],
])('judgePromotion() refuses an approval of another %s', (_what, changes) => {
  expect(failures(request({ approval: { ...exampleApproval(), ...changes } as never }))).toEqual([
    'approval_of_something_else',
  ])
})

test('judgePromotion() never throws and lets nothing with holes pass', () => {
  for (const name of [
    'artifact',
    'compile',
    'evalReport',
    'approval',
    'metricPolicy',
    'promotedTargets',
    'holds',
    'at',
  ] as const) {
    for (const hole of [undefined, null, 7])
      expect(failures(request({ [name]: hole as never })).length).toBeGreaterThan(0)
  }
})
