import { GateOutcome } from '@torghut/contracts'
import { binomialAtMost } from '@torghut/evaluation'
import { expect, test } from 'vitest'

import type { Candidate } from './candidate.ts'
import { PROMOTION_GATES, judgeCandidate } from './judge-candidate.ts'
import { checkFallbackRate, checkFalseVeto, checkLatency, checkSchemaValidity } from './score-gates.ts'
import { provedAtLeast } from './share-gate.ts'
import { sampleCandidate, sampleMetrics, samplePolicy, sampleReport, share, withScores } from './testing/candidate.ts'

function codeOf(outcome: GateOutcome): string {
  return outcome.passed ? 'passed' : outcome.code
}

/** The codes of the gates that failed, by gate. */
function failures(candidate: Candidate): Record<string, string> {
  const { outcomes } = judgeCandidate(candidate)
  return Object.fromEntries(
    outcomes.filter((outcome) => !outcome.passed).map((outcome) => [outcome.gate, codeOf(outcome)]),
  )
}

/** Value at a dotted path of a copy. */
function changed<Value>(value: Value, path: string, leaf: unknown): Value {
  const copy = structuredClone(value) as Record<string, unknown>
  const keys = path.split('.')
  const parent = keys.slice(0, -1).reduce((node, key) => node[key] as Record<string, unknown>, copy)
  parent[keys.at(-1)!] = leaf
  return copy as Value
}

/**
 * Counts of bad rows of 1,829 the gate is asked about one by one: a true validity of 99 % goes beyond in no real life.
 */
const COUNTED = 80
const PASSING = Array.from({ length: COUNTED }, (_, bad) => bad).filter(
  (bad) => checkSchemaValidity(withScores({ schema_validity: share(1829 - bad, 1829) })).passed,
)

/**
 * Chance that the gate passes 1,829 answers of this true validity; counts it was not asked about add as if they passed.
 */
function passProbability(trueValidity: number): number {
  const atMost = (bad: number) => (bad < 0 ? 0 : binomialAtMost(bad, 1829, 1 - trueValidity))
  const asked = PASSING.reduce((sum, bad) => sum + atMost(bad) - atMost(bad - 1), 0)
  return asked + 1 - atMost(COUNTED - 1)
}

test('judgeCandidate() recommends the target when every gate passes, and tells all of them in order', () => {
  const judged = judgeCandidate(sampleCandidate())
  expect(failures(sampleCandidate())).toEqual({})
  expect(judged).toMatchObject({ gate_compatibility: 'pass', promotion_recommendation: 'paper' })
  expect(judged.outcomes.map(({ gate }) => gate)).toEqual(PROMOTION_GATES)
  expect(judged.outcomes.every((outcome) => GateOutcome.safeParse(outcome).success)).toBe(true)
})

test('checkSchemaValidity() passes by exact enumeration at most 1 %, 5 % and at least 95 % of candidates', () => {
  expect(PASSING).toEqual([0, 1, 2, 3, 4])
  expect(passProbability(0.99)).toBeLessThanOrEqual(0.01)
  expect(passProbability(0.995)).toBeLessThanOrEqual(0.05)
  expect(passProbability(0.995)).toBeGreaterThan(0.045)
  expect(passProbability(0.999)).toBeGreaterThanOrEqual(0.95)
})

test.each([
  [598, 0, 'passed', undefined],
  [597, 0, 'not_enough_evidence', 1],
  [0, 0, 'not_enough_evidence', 598],
  [947, 1, 'passed', undefined],
  [946, 1, 'not_enough_evidence', 1],
  [1258, 2, 'passed', undefined],
  [1829, 4, 'passed', undefined],
  [1829, 5, 'not_enough_evidence', 271],
  [1000, 6, 'schema_valid_rate_below_min', undefined],
  [1000, 5, 'not_enough_evidence', 1100],
])('checkSchemaValidity() of %d rows with %d bad ones: %s, %s more', (rows, bad, code, missing) => {
  const outcome = checkSchemaValidity(withScores({ schema_validity: share(rows - bad, rows) }))
  expect(codeOf(outcome)).toBe(code)
  expect(outcome.evidence['rows_missing']).toBe(missing)
})

test.each([
  [0, 598, 'passed'],
  [-1, 598, 'schema_valid_rate_missing'],
  [NaN, 598, 'schema_valid_rate_missing'],
  [0.5, 598, 'schema_valid_rate_missing'],
  [0, NaN, 'schema_valid_rate_missing'],
  [0, Infinity, 'schema_valid_rate_missing'],
])('checkSchemaValidity() of counts that are none: %d bad of %d is %s', (bad, rows, code) => {
  expect(codeOf(checkSchemaValidity(withScores({ schema_validity: { hits: rows - bad, rows, bound: 1 } })))).toBe(code)
})

test('checkSchemaValidity() never goes below the floor, whatever a policy handed past its schema says', () => {
  const policy = changed(samplePolicy(), 'scores.schema_validity_min', 0.5)
  const candidate = { ...withScores({ schema_validity: share(990, 1000) }), policy }
  expect(checkSchemaValidity(candidate)).toMatchObject({ passed: false, evidence: { min: 0.995 } })
})

test('provedAtLeast() agrees with the bound at every count, and a rerun has to prove more', () => {
  const claim = { gate: 'agreement', name: 'agreement_rate', error: 0.05 }
  expect(provedAtLeast({ ...claim, share: share(59, 59) }, 0.95).passed).toBe(true)
  expect(provedAtLeast({ ...claim, share: share(58, 58) }, 0.95).passed).toBe(false)
  expect(provedAtLeast({ ...claim, share: share(59, 59), error: 0.02 }, 0.95)).toMatchObject({
    evidence: { rows_missing: 18 },
  })
  for (const error of [0, -0.1, NaN, 0.051]) {
    expect(codeOf(provedAtLeast({ ...claim, share: share(59, 59), error }, 0.9))).toBe('error_missing')
  }
})

test.each([
  ['schema-validity', 'scores.schema_validity_min'],
  ['agreement', 'scores.agreement_min'],
  ['veto-alignment', 'scores.veto_alignment_min'],
  ['false-veto', 'scores.false_veto_max'],
  ['fallback-rate', 'scores.fallback_rate_max'],
  ['latency', 'latency_p95_ms_max'],
  ['calibration', 'calibration.brier_max'],
  ['calibration', 'calibration.ece_max'],
  ['agreement-gain', 'comparison.agreement_gain_min'],
  ['net-result', 'comparison.net_loss_max'],
  ['regime-coverage', 'regimes.rows_min'],
  ['confirmation', 'errors_by_run'],
  ['agreement-gain', 'comparison.against'],
  ['baselines', 'comparison.baselines'],
])('judgeCandidate() lets %s fail when the threshold %s is absent, null or no number', (gate, path) => {
  // Better than any number could ask for, so that only the hole itself can stop it.
  const report = changed(sampleReport(), 'all.baselines.1.net_gain', { pairs: 1829, mean: 0.1, low: 0.1, high: 0.1 })
  for (const hole of [undefined, null, NaN, 'high', {}]) {
    const candidate = sampleCandidate({ report, policy: changed(samplePolicy(), path, hole) })
    expect(Object.keys(failures(candidate)), `${path} = ${String(hole)}`).toContain(gate)
    expect(judgeCandidate(candidate).promotion_recommendation).toBe('hold')
  }
})

test.each([
  [
    'reproducibility',
    'deterministic_artifact_hash_mismatch',
    { hashes: { artifact: 'a'.repeat(64), compiled: 'a'.repeat(64), replayed: 'b'.repeat(64) } },
  ],
  [
    'reproducibility',
    'deterministic_required_keys_missing',
    { hashes: { artifact: 'a'.repeat(64), compiled: '', replayed: 'a'.repeat(64) } },
  ],
  ['evidence-binding', 'dataset_hash_mismatch', { datasetHash: '0'.repeat(64) }],
  ['evidence-binding', 'metric_policy_hash_mismatch', { metricPolicyHash: '0'.repeat(64) }],
  ['leaks', 'leaks_found', { leaks: { ...sampleCandidate().leaks, findings: 1 } }],
  ['leaks', 'leaks_found_missing', { leaks: { ...sampleCandidate().leaks, findings: NaN } }],
  ['leaks', 'leaks_unchecked', { leaks: { kindsChecked: ['future_bar'], findings: 0 } }],
  ['confirmation', 'rows_seen_before', { seenRows: 1 }],
  ['confirmation', 'rows_seen_before', { seenRows: NaN }],
  ['gate-bypasses', 'gate_bypass', { gateBypasses: 1 }],
  ['gate-bypasses', 'gate_bypass_missing', { gateBypasses: NaN }],
  ['gate-bypasses', 'gate_bypass_missing', { gateBypasses: -1 }],
] as [string, string, Partial<Candidate>][])('judgeCandidate() holds for %s with %s', (gate, code, changes) => {
  expect(failures(sampleCandidate(changes))).toEqual({ [gate]: code })
})

test.each([3, 0, -1, 1.5, NaN])('judgeCandidate() has no error left to spend in run %d', (run) => {
  const failed = failures(sampleCandidate({ run }))
  expect(failed).toMatchObject({
    confirmation: 'error_spent',
    'schema-validity': 'error_missing',
    latency: 'error_missing',
  })
})

test('judgeCandidate() judges a second run by the smaller error that is left for it', () => {
  const first = withScores({ schema_validity: share(1825, 1829) })
  expect(failures(first)).toEqual({})
  expect(failures({ ...first, run: 2 })).toEqual({ 'schema-validity': 'not_enough_evidence' })
})

test('judgeCandidate() rests a live target on rows after the knowledge cut-off alone', () => {
  const failed = failures(sampleCandidate({ target: 'constrained_live' }))
  expect(failed).toMatchObject({ contamination: 'only_contaminated_rows', 'schema-validity': 'not_enough_evidence' })
  const report = {
    ...sampleReport(),
    uncontaminated: sampleMetrics(),
    all: sampleMetrics({ schema_validity: share(0, 9) }),
  }
  expect(failures(sampleCandidate({ target: 'shadow', report }))).toEqual({})
})

test.each([
  ['selection.deflated_sharpe', 0.94, 'deflated_sharpe_below_min'],
  ['selection.deflated_sharpe', 0.95, null],
  ['selection.deflated_sharpe', null, 'deflated_sharpe_below_min'],
  ['selection.overfitting_probability', 0.21, 'overfitting_probability_above_max'],
  ['selection.overfitting_probability', null, 'overfitting_probability_above_max'],
  ['selection.trials', 0, 'trials_missing'],
])('judgeCandidate() of a live target with %s %s: %s', (path, value, code) => {
  const report = changed({ ...sampleReport(), uncontaminated: sampleMetrics() }, path, value)
  expect(failures(sampleCandidate({ target: 'scaled_live', report }))).toEqual(code === null ? {} : { selection: code })
})

test.each([
  ['all.baselines.1.agreement_gain', null, { 'agreement-gain': 'agreement_gain_missing' }],
  ['all.baselines.1.agreement_gain.low', 0.01, {}],
  ['all.baselines.1.agreement_gain.low', 0.0099, { 'agreement-gain': 'agreement_gain_unproved' }],
  ['all.baselines.1.net_gain.low', -0.001, {}],
  ['all.baselines.1.net_gain.low', -0.0011, { 'net-result': 'net_result_unproved' }],
  ['all.baselines.1.net_gain.low', NaN, { 'net-result': 'net_result_unproved' }],
  ['all.baselines.0.name', 'production', { baselines: 'baseline_missing' }],
  ['all.calibration', null, { calibration: 'calibration_missing' }],
  ['all.calibration.brier.high', 0.61, { calibration: 'brier_above_max' }],
  ['all.calibration.ece.high', 0.15, {}],
  ['all.calibration.ece.high', NaN, { calibration: 'ece_above_max' }],
  ['all.by_regime.trending.rows', 29, { 'regime-coverage': 'not_enough_evidence' }],
  ['all.by_regime.trending.rows', 30, {}],
  ['void_rows', 1, { 'void-rows': 'void_rows' }],
  ['void_rows', undefined, { 'void-rows': 'void_rows_missing' }],
  ['latency_limit_ms', 1801, { latency: 'latency_p95_ms_missing' }],
])('judgeCandidate() of a report with %s %s fails %o', (path, value, expected) => {
  expect(failures(sampleCandidate({ report: changed(sampleReport(), path, value) }))).toEqual(expected)
})

test.each([
  ['comparison.agreement_gain_min', 0, 'agreement-gain'],
  ['comparison.agreement_gain_min', -1, 'agreement-gain'],
  ['comparison.net_loss_max', -0.1, 'net-result'],
])('judgeCandidate() takes %s of %d for no threshold', (path, value, gate) => {
  const report = changed(sampleReport(), 'all.baselines.1.net_gain.low', 0.2)
  expect(Object.keys(failures(sampleCandidate({ report, policy: changed(samplePolicy(), path, value) })))).toEqual([
    gate,
  ])
})

test('judgeCandidate() never throws and never passes a report with holes', () => {
  for (const hole of [undefined, null, {}, [], 'report', 7]) {
    expect(judgeCandidate(sampleCandidate({ report: hole as never })).promotion_recommendation).toBe('hold')
    expect(judgeCandidate(sampleCandidate({ policy: hole as never })).promotion_recommendation).toBe('hold')
  }
})

test('checkFalseVeto() and checkFallbackRate() count the upper end', () => {
  expect(checkFalseVeto(withScores({ false_veto: share(0, 29) })).passed).toBe(true)
  expect(checkFalseVeto(withScores({ false_veto: share(0, 28) }))).toMatchObject({ evidence: { rows_missing: 1 } })
  expect(codeOf(checkFalseVeto(withScores({ false_veto: share(11, 100) })))).toBe('false_veto_rate_above_max')
  expect(codeOf(checkFallbackRate(withScores({ fallback_rate: share(3, 100) })))).toBe('not_enough_evidence')
})

test('checkLatency() is proved by 59 answers within the limit, not by 58', () => {
  const within = (rows: number) => changed(sampleCandidate(), 'report.all.latency.within', share(rows, rows))
  expect(checkLatency(within(59)).passed).toBe(true)
  expect(codeOf(checkLatency(within(58)))).toBe('not_enough_evidence')
})
