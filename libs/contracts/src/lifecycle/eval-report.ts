import { z } from 'zod'

import { hashJson } from '../canonical/canonical-json.ts'
import { GateOutcome } from '../review/gate-outcome.ts'
import { Stage } from '../review/vocabulary.ts'
import { Sha256, Timestamp, UnitInterval, ruleIssue, text } from '../scalars.ts'
import { PROGRAM_KIND } from './artifact.ts'

const Count = z.int().min(0)

/**
 * A share that was counted, never typed in: `hits` of `rows`, and the end of its one-sided exact 95 % interval that the
 * gates judge by. The bound is null only when nothing was counted.
 */
export const CountedShare = z
  .strictObject({ hits: Count, rows: Count, bound: UnitInterval.nullable() })
  .check(({ value, issues }) => {
    if (value.hits > value.rows) issues.push(ruleIssue('share_above_one', 'More hits than rows', value))
    if ((value.bound === null) !== (value.rows === 0)) {
      issues.push(ruleIssue('bound_missing', 'A bound is there exactly when rows were counted', value))
    }
  })
export type CountedShare = z.output<typeof CountedShare>

/** The five files of an evaluation, by the hash of their canonical JSON (contract, 8.5). None may be missing. */
const EvalFiles = z.strictObject({
  dataset_manifest: Sha256,
  split_manifest: Sha256,
  metrics_report: Sha256,
  failure_analysis: Sha256,
  reproducibility_bundle: Sha256,
})

/**
 * The head record of one evaluation of one artifact on held-out rows; its hash (`eval_hash`) covers every field.
 * `evaluated_at` is fixed when the run starts, so that running the lane again writes the same bytes.
 */
export const EvalReport = z
  .strictObject({
    schema_version: z.literal('torghut.eval-report.v1'),
    kind: z.literal(PROGRAM_KIND),
    program_name: text(128),
    artifact_hash: Sha256,
    compile_hash: Sha256,
    dataset_hash: Sha256,
    metric_policy_hash: Sha256,
    evaluated_at: Timestamp,
    files: EvalFiles,
    scores: z.strictObject({
      schema_validity: CountedShare,
      agreement: CountedShare,
      veto_alignment: CountedShare,
      false_veto: CountedShare,
      fallback_rate: CountedShare,
    }),
    latency_p95_ms: Count.nullable(),
    /** Rows older than the model's knowledge cut-off: reported apart, no support for a live target. */
    contaminated_rows: Count,
    /** Rows lost to infrastructure: never scored, and none is allowed in a promotion. */
    void_rows: Count,
    gate_bypasses: Count,
    outcomes: z.array(GateOutcome).min(1).max(64),
    gate_compatibility: z.enum(['pass', 'fail']),
    promotion_recommendation: z.enum(['hold', ...Stage.options]),
  })
  .check(({ value, issues }) => {
    const passed = value.outcomes.every((outcome) => outcome.passed)
    if (passed !== (value.gate_compatibility === 'pass')) {
      issues.push(ruleIssue('gate_compatibility_mismatch', 'Expected "pass" exactly when every outcome passed', value))
    }
    if (!passed && value.promotion_recommendation !== 'hold') {
      issues.push(ruleIssue('recommendation_without_pass', 'Expected "hold" when an outcome failed', value))
    }
  })
export type EvalReport = z.output<typeof EvalReport>

/** Names one evaluation without carrying it. */
export const EvalReportRef = z.strictObject({
  eval_hash: Sha256,
  artifact_hash: Sha256,
  dataset_hash: Sha256,
  evaluated_at: Timestamp,
})
export type EvalReportRef = z.output<typeof EvalReportRef>

/** The reference of a report: its hash, and the three facts a reader asks for first. */
export function evalReportRef(report: EvalReport): EvalReportRef {
  const { artifact_hash, dataset_hash, evaluated_at } = report
  return { eval_hash: hashJson(report), artifact_hash, dataset_hash, evaluated_at }
}
