import { LeakKind } from '@torghut/contracts'
import type { CountedShare, JudgedMetrics, MetricPolicy, MetricsReport } from '@torghut/contracts'

import type { Candidate } from '../candidate.ts'

const ARTIFACT = 'a'.repeat(64)
const DATASET = 'd'.repeat(64)
const POLICY = 'c'.repeat(64)

/** A policy whose thresholds the sample candidate meets. */
export function samplePolicy(): MetricPolicy {
  return {
    file_version: 'torghut.metric-policy.v1',
    program_name: 'trade-review-committee-v1',
    errors_by_run: [0.05, 0.02],
    scores: {
      schema_validity_min: 0.995,
      agreement_min: 0.6,
      veto_alignment_min: 0.6,
      false_veto_max: 0.1,
      fallback_rate_max: 0.03,
    },
    latency_p95_ms_max: 1800,
    calibration: { brier_max: 0.6, ece_max: 0.15 },
    comparison: {
      baselines: ['no_model', 'production'],
      against: 'production',
      agreement_gain_min: 0.01,
      net_loss_max: 0.001,
    },
    regimes: { required: ['trending', 'mean_reverting'], rows_min: 30 },
    live: { deflated_sharpe_min: 0.95, overfitting_probability_max: 0.2 },
    report_age_max_hours: 24,
    first_window: { reviews_min: 200, duration_seconds: 3600, timeout_and_fallback_max: 0.05 },
  }
}

/** A share; its written-down bound is wrong on purpose, since no gate may believe it. */
export function share(hits: number, rows: number): CountedShare {
  return { hits, rows, bound: rows === 0 ? null : 1 }
}

/** Metrics over 1,829 rows that pass everywhere. */
export function sampleMetrics(changes: Partial<JudgedMetrics['scores']> = {}): JudgedMetrics {
  const scores = {
    schema_validity: share(1829, 1829),
    agreement: share(1500, 1829),
    veto_alignment: share(700, 800),
    false_veto: share(20, 800),
    fallback_rate: share(10, 1829),
    ...changes,
  }
  const baseline = {
    scores,
    net: null,
    agreement_gain: { pairs: 1829, mean: 0.1, low: 0.08, high: 0.12 },
    agreement_p_value: 0.001,
    net_gain: { pairs: 1829, mean: 0.0001, low: -0.0005, high: 0.0007 },
  }
  return {
    rows: 1829,
    scores,
    calibration: { rows: 1829, brier: { value: 0.3, high: 0.33 }, ece: { value: 0.04, high: 0.06 }, reliability: [] },
    latency: { rows: 1829, p50_ms: 400, p95_ms: 1200, within: share(1800, 1829) },
    net: { realised: null, counterfactual: null, together: null },
    by_regime: { trending: { rows: 1000, scores }, mean_reverting: { rows: 829, scores } },
    by_symbol: [],
    baselines: [
      { name: 'no_model', ...baseline },
      { name: 'production', ...baseline },
    ],
  }
}

/** A report in which every row is contaminated, as months-old data are. */
export function sampleReport(all: JudgedMetrics = sampleMetrics()): MetricsReport {
  return {
    schema_version: 'torghut.metrics-report.v1',
    artifact_hash: ARTIFACT,
    dataset_hash: DATASET,
    split_hash: 'e'.repeat(64),
    rows_hash: 'f'.repeat(64),
    metric_policy_hash: POLICY,
    evaluated_at: '2026-03-01T08:00:00Z',
    latency_limit_ms: 1800,
    all,
    uncontaminated: {
      ...sampleMetrics(),
      rows: 0,
      scores: emptyScores(),
      baselines: [],
      by_regime: {},
      calibration: null,
    },
    contaminated_rows: 1829,
    void_rows: 0,
    cost: { calls: 7316, tokens_prompt: 1_000_000, tokens_completion: 100_000 },
    stability: null,
    selection: { trials: 12, deflated_sharpe: 0.97, overfitting_probability: 0.1 },
  }
}

/** A candidate for paper that every gate lets through. */
export function sampleCandidate(changes: Partial<Candidate> = {}): Candidate {
  return {
    target: 'paper',
    report: sampleReport(),
    policy: samplePolicy(),
    run: 1,
    seenRows: 0,
    hashes: { artifact: ARTIFACT, compiled: ARTIFACT, replayed: ARTIFACT },
    datasetHash: DATASET,
    metricPolicyHash: POLICY,
    gateBypasses: 0,
    leaks: { kindsChecked: LeakKind.options, findings: 0 },
    ...changes,
  }
}

/** The sample with other scores. */
export function withScores(changes: Partial<JudgedMetrics['scores']>): Candidate {
  return sampleCandidate({ report: sampleReport(sampleMetrics(changes)) })
}

function emptyScores(): JudgedMetrics['scores'] {
  const none = share(0, 0)
  return { schema_validity: none, agreement: none, veto_alignment: none, false_veto: none, fallback_rate: none }
}
