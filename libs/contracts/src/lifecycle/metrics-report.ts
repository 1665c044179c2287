import { z } from 'zod'

import { Sha256, Timestamp, UnitInterval, ruleIssue, text } from '../scalars.ts'
import { CountedShare } from './eval-report.ts'
import { BaselineName, RegimeBucket } from './eval-vocabulary.ts'

const Count = z.int().min(0)
const Finite = z.number()

/** The five shares of an evaluation; each counts its own rows. Bounds are one-sided, on the side that hurts. */
export const EvalScores = z.strictObject({
  schema_validity: CountedShare,
  agreement: CountedShare,
  veto_alignment: CountedShare,
  false_veto: CountedShare,
  fallback_rate: CountedShare,
})
export type EvalScores = z.output<typeof EvalScores>

/** A mean over pairs and the interval its resamples fill; null with too few pairs for one. */
export const PairedDifference = z
  .strictObject({ pairs: Count, mean: Finite, low: Finite, high: Finite })
  .check(({ value, issues }) => {
    if (value.low > value.high) issues.push(ruleIssue('interval_reversed', 'low lies above high', value))
  })
  .nullable()
export type PairedDifference = z.output<typeof PairedDifference>

/** A mean over rows with the upper end of its bootstrap interval: what calibration is judged by. */
const MeanWithHigh = z.strictObject({ value: Finite.min(0), high: Finite.min(0) })

/** How far stated probabilities are from what happened; `reliability` is by tenths of the stated top probability. */
export const Calibration = z.strictObject({
  rows: Count,
  /** Sum over the three classes of the squared difference, 0 to 2 (Brier 1950). */
  brier: MeanWithHigh,
  /** Expected calibration error over ten equal bins, 0 to 1 (Naeini and others 2015). */
  ece: MeanWithHigh,
  reliability: z.array(
    z.strictObject({ from: UnitInterval, to: UnitInterval, rows: Count, stated: UnitInterval, right: UnitInterval }),
  ),
})
export type Calibration = z.output<typeof Calibration>

/**
 * What following the advice would have earned, in fractions of notional; regret is what perfect advice had earned more.
 */
export const NetScore = z.strictObject({ rows: Count, mean: Finite, regret: Finite.min(0) })
export type NetScore = z.output<typeof NetScore>

const Comparison = z.strictObject({
  name: BaselineName,
  scores: EvalScores,
  net: NetScore.nullable(),
  /** Candidate minus baseline, row by row. */
  agreement_gain: PairedDifference,
  agreement_p_value: UnitInterval,
  net_gain: PairedDifference,
})

/** One slice of the rows: by regime or by symbol. */
const Slice = z.strictObject({ rows: Count, scores: EvalScores })

/** What is judged: all rows, or those the model cannot have read about. */
const Judged = z.strictObject({
  rows: Count,
  scores: EvalScores,
  calibration: Calibration.nullable(),
  latency: z.strictObject({ rows: Count, p50_ms: Finite.nullable(), p95_ms: Finite.nullable(), within: CountedShare }),
  /** Realised and counterfactual results are never mixed; their sum is what advice can be compared on. */
  net: z.strictObject({
    realised: NetScore.nullable(),
    counterfactual: NetScore.nullable(),
    together: NetScore.nullable(),
  }),
  by_regime: z.partialRecord(RegimeBucket, Slice),
  /** In order of symbol; a list, since a symbol may be any text and not every text is a safe key. */
  by_symbol: z.array(Slice.extend({ symbol: text(32) })),
  baselines: z.array(Comparison),
})
export type JudgedMetrics = z.output<typeof Judged>

/** `metrics_report` of an evaluation: every number of it is counted from stored rows. */
export const MetricsReport = z.strictObject({
  schema_version: z.literal('torghut.metrics-report.v1'),
  artifact_hash: Sha256,
  dataset_hash: Sha256,
  split_hash: Sha256,
  /** Hash of the scored rows, in order. */
  rows_hash: Sha256,
  metric_policy_hash: Sha256,
  evaluated_at: Timestamp,
  latency_limit_ms: z.int().min(1),
  all: Judged,
  /** Rows after the model's knowledge cut-off; the only ones a live target may rest on. */
  uncontaminated: Judged,
  contaminated_rows: Count,
  /** Rows lost to infrastructure: never scored. */
  void_rows: Count,
  cost: z.strictObject({ calls: Count, tokens_prompt: Count, tokens_completion: Count }),
  /**
   * Share of cases that are right in all of `k` attempts, estimated from repeated ones; null when none was repeated.
   */
  stability: z.strictObject({ cases: Count, k: z.int().min(1), pass_k: UnitInterval }).nullable(),
  /** Honesty about how often these data were tried. */
  selection: z.strictObject({
    trials: z.int().min(1),
    deflated_sharpe: UnitInterval.nullable(),
    overfitting_probability: UnitInterval.nullable(),
  }),
})
export type MetricsReport = z.output<typeof MetricsReport>
