import { fileURLToPath } from 'node:url'

import type { GateOutcome } from '@torghut/contracts'
import { hashJson } from '@torghut/contracts'
import { exampleApproval, exampleCompiledArtifact, exampleEvalReport } from '@torghut/contracts/testing'
import { expect, test } from 'vitest'

import type { Candidate } from './candidate.ts'
import { checkFirstWindow } from './first-window.ts'
import { judgeCandidate } from './judge-candidate.ts'
import { judgePromotion } from './promotion-request.ts'
import type { PromotionRequest } from './promotion-request.ts'
import { sampleCandidate, sampleMetrics, samplePolicy, sampleReport, share } from './testing/candidate.ts'

const EMPTY = { baselines: [], calibration: null, by_regime: {} }
const SELECTION = { trials: 1, deflated_sharpe: 0.5, overfitting_probability: 0.5 }
const WORSE = sampleMetrics({
  schema_validity: share(1800, 1829),
  agreement: share(900, 1829),
  veto_alignment: share(300, 800),
  false_veto: share(200, 800),
  fallback_rate: share(100, 1829),
})
const FEW = sampleMetrics({ schema_validity: share(9, 9), agreement: share(6, 9), false_veto: share(0, 9), fallback_rate: share(0, 9) })
const NO_THRESHOLD = NaN
const POLICY = samplePolicy()

const CANDIDATES: Record<string, Partial<Candidate>> = {
  'a candidate': {},
  'a live candidate': { target: 'constrained_live', report: { ...sampleReport(), uncontaminated: sampleMetrics() } },
  'a live candidate nobody tried enough': { target: 'shadow', report: { ...sampleReport(), uncontaminated: sampleMetrics(), selection: SELECTION } },
  'a candidate of one trial': { report: { ...sampleReport(), selection: { ...SELECTION, deflated_sharpe: null } } },
  'a worse candidate': { report: sampleReport({ ...WORSE, by_regime: { trending: { rows: 7, scores: WORSE.scores } } }) },
  'a candidate of few rows': { report: sampleReport(FEW), run: 2 },
  'a candidate of no rows': { report: sampleReport({ ...sampleMetrics(), ...EMPTY }) },
  'evidence of something else': {
    run: 3,
    seenRows: 4,
    datasetHash: '0'.repeat(64),
    gateBypasses: 2,
    leaks: { kindsChecked: ['future_bar'], findings: 0 },
    hashes: { artifact: 'x', compiled: 'x', replayed: 'x' },
  },
  'a policy without thresholds': {
    policy: {
      ...POLICY,
      latency_p95_ms_max: NO_THRESHOLD,
      scores: { ...POLICY.scores, agreement_min: NO_THRESHOLD, veto_alignment_min: NO_THRESHOLD, fallback_rate_max: NO_THRESHOLD, false_veto_max: NO_THRESHOLD },
      comparison: { ...POLICY.comparison, agreement_gain_min: NO_THRESHOLD, net_loss_max: NO_THRESHOLD, baselines: [] },
    },
  },
}

test.each(Object.entries(CANDIDATES))('judgeCandidate() tells of %s what it told before', async (name, changes) => {
  const { outcomes, ...judgement } = judgeCandidate(sampleCandidate(changes))
  await expectGolden(name, [JSON.stringify(judgement), ...outcomes.map(lineOf)])
})

const REPORT = exampleEvalReport()

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

test('judgePromotion() tells of a promotion, and of one for which nothing is right, what it told before', async () => {
  const wrong = request({ target: 'scaled_live', holds: ['pause_promotions'], compile: { hash: 'x', artifactHash: 'y', compiledBy: 'z' }, at: '2026-03-04T10:00:00Z' })
  const lines = [request(), wrong, request({ at: 'soon' })].flatMap((given) => judgePromotion(given).map(lineOf))
  await expectGolden('promotions', lines)
})

function codesOf(changes: Partial<PromotionRequest>): string[] {
  return judgePromotion(request(changes)).flatMap((outcome) => (outcome.passed ? [] : [outcome.code]))
}

test('judgePromotion() refuses what is no compiled artifact, whatever its hash', () => {
  const artifact = { ...exampleCompiledArtifact(), kind: 'bootstrap' } as never
  expect(codesOf({ artifact, compile: { ...request().compile, artifactHash: hashJson(artifact) } })).toContain('artifact_not_compiled')
})

test('judgePromotion() refuses a report of another program', () => {
  expect(codesOf({ evalReport: { ...REPORT, program_name: 'another' } })).toContain('eval_report_of_another_program')
})

test('judgePromotion() refuses a report in which one gate of several failed', () => {
  const failed = { gate: 'latency', passed: false, code: 'late', evidence: {} } as const
  const passed = { gate: 'leaks', passed: true, evidence: {} } as const
  expect(codesOf({ evalReport: { ...REPORT, outcomes: [passed, failed] } })).toContain('gate_compatibility_not_pass')
})

test('judgePromotion() refuses a target nobody knows', () => {
  expect(codesOf({ target: 'moon' as never, promotedTargets: ['scaled_live'] })).toContain('target_unknown')
})

test('judgePromotion() takes a report made this instant and refuses one without an instant', () => {
  const reported = (evaluated_at: string) => {
    const evalReport = { ...REPORT, evaluated_at }
    return codesOf({ evalReport, approval: { ...exampleApproval(), eval_hash: hashJson(evalReport) } })
  }
  expect(reported('2026-03-01T09:00:00Z')).toEqual([])
  expect(reported('2026-03-01T09:00:01Z')).toEqual(['approval_not_current'])
  expect(reported('2026-03-01T10:00:00Z')).not.toContain('eval_report_created_at_invalid')
  expect(reported('this morning')).toEqual(['eval_report_created_at_missing', 'approval_not_current'])
  expect(codesOf({ metricPolicy: { ...request().metricPolicy, reportAgeMaxHours: 0 } })).toContain('report_age_threshold_missing')
})

test.each(['issued_at', 'expires_at'])('judgePromotion() takes an approval whose %s cannot be read for none that is current', (name) => {
  expect(codesOf({ approval: { ...exampleApproval(), [name]: 'whenever' } })).toEqual(['approval_not_current'])
})

test('checkFirstWindow() tells what it saw, and what is missing', async () => {
  const { first_window: policy } = POLICY
  const windows = [
    { failed: 0, reviews: 0, elapsedSeconds: 0 },
    { failed: 2, reviews: 10, elapsedSeconds: 60 },
    { failed: 1, reviews: 500, elapsedSeconds: 60 },
    { failed: 1, reviews: 150, elapsedSeconds: 7200 },
    { failed: 10, reviews: 200, elapsedSeconds: 3600 },
    { failed: 90, reviews: 200, elapsedSeconds: 3600 },
    { failed: -1, reviews: 200, elapsedSeconds: 3600 },
    { failed: 0.5, reviews: 200, elapsedSeconds: 3600 },
    { failed: 0, reviews: 200.5, elapsedSeconds: 3600 },
    { failed: 0, reviews: 200, elapsedSeconds: -1 },
  ]
  await expectGolden('first windows', windows.map((window) => lineOf(checkFirstWindow(window, policy))))
})

function lineOf({ gate, ...answer }: GateOutcome): string {
  return `${gate} ${JSON.stringify(answer)}`
}

async function expectGolden(name: string, lines: readonly string[]): Promise<void> {
  const golden = new URL(`./golden/${name.replaceAll(' ', '-')}.txt`, import.meta.url)
  await expect([...lines, ''].join('\n')).toMatchFileSnapshot(fileURLToPath(golden))
}
