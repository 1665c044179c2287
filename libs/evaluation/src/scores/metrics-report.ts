import { hashJson } from '@torghut/contracts'
import type { MetricsReport } from '@torghut/contracts'

import type { EvalRow } from './eval-row.ts'
import { judgedMetrics } from './judged-metrics.ts'

/** What a report is about, and how often the same data were tried before. */
export interface ReportSubject {
  artifactHash: string
  datasetHash: string
  splitHash: string
  metricPolicyHash: string
  evaluatedAt: string
  latencyLimitMs: number
  seed: string
  stability: MetricsReport['stability']
  selection: MetricsReport['selection']
}

/**
 * The metrics of an evaluation, over all rows and over those the model cannot have read about. Nothing in it is typed
 * in: the same rows and subject give the same bytes.
 */
export function metricsReport(rows: readonly EvalRow[], subject: ReportSubject): MetricsReport {
  const rule = { latencyLimitMs: subject.latencyLimitMs, seed: subject.seed }
  const clean = rows.filter(({ contaminated }) => !contaminated)
  const sum = (valueOf: (row: EvalRow) => number) => rows.reduce((total, row) => total + valueOf(row), 0)
  return {
    schema_version: 'torghut.metrics-report.v1',
    artifact_hash: subject.artifactHash,
    dataset_hash: subject.datasetHash,
    split_hash: subject.splitHash,
    rows_hash: hashJson(rows),
    metric_policy_hash: subject.metricPolicyHash,
    evaluated_at: subject.evaluatedAt,
    latency_limit_ms: subject.latencyLimitMs,
    all: judgedMetrics(rows, rule),
    uncontaminated: judgedMetrics(clean, rule),
    contaminated_rows: rows.length - clean.length,
    void_rows: rows.filter(({ isVoid }) => isVoid).length,
    cost: {
      calls: sum(({ calls }) => calls),
      tokens_prompt: sum((row) => row.tokensPrompt),
      tokens_completion: sum((row) => row.tokensCompletion),
    },
    stability: subject.stability,
    selection: subject.selection,
  }
}
