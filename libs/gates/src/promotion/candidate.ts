import type { JudgedMetrics, MetricPolicy, MetricsReport, Stage } from '@torghut/contracts'
import { BOUND_ERROR } from '@torghut/evaluation'

/** Everything a candidate is judged by; counted, hashed or recomputed by whoever hands it in, never typed in. */
export interface Candidate {
  target: Stage
  report: MetricsReport
  policy: MetricPolicy
  /** 1 for the first evaluation of this artifact, 2 for the next; each spends its share of the error. */
  run: number
  /** Rows of this evaluation that the compile or an earlier evaluation has seen. */
  seenRows: number
  /** Hash of the artifact's bytes, of what its compile named, and of what replaying the compile made. */
  hashes: { artifact: string; compiled: string; replayed: string }
  datasetHash: string
  metricPolicyHash: string
  /** Verdicts of the evaluation that loosened what the deterministic gates said. */
  gateBypasses: number
  /** What the leak scan looked for and found in the rows. */
  leaks: { kindsChecked: readonly string[]; findings: number }
}

/** True for a target that serves beside live trading, also when it only watches. */
export function isLiveTarget(target: Stage): boolean {
  return target !== 'paper'
}

/** The rows that count: for a live target those the model cannot have read about. */
export function judgedPart({ target, report }: Pick<Candidate, 'target' | 'report'>): JudgedMetrics {
  return isLiveTarget(target) ? report.uncontaminated : report.all
}

/**
 * The error this evaluation may make; null once the artifact has spent all of it, or when what is left is no error.
 */
export function errorOfRun({ run, policy }: Pick<Candidate, 'run' | 'policy'>): number | null {
  const error: unknown = Number.isSafeInteger(run) ? policy.errors_by_run[run - 1] : undefined
  return typeof error === 'number' && error > 0 && error <= BOUND_ERROR ? error : null
}
