import { z } from 'zod'

import { UnitInterval, ruleIssue, text } from '../scalars.ts'
import { BaselineName, RegimeBucket } from './eval-vocabulary.ts'

/** Most error all evaluations of one artifact may spend together: twice what the first one may. */
const ERROR_TOTAL_MAX = 0.1

/** Largest error of one evaluation: the one-sided 95 % bound. */
const ERROR_MAX = 0.05

/**
 * Least share of valid first answers, and most timeouts and fallbacks after a promotion: a policy may only be stricter.
 */
export const SCHEMA_VALIDITY_FLOOR = 0.995
export const FIRST_WINDOW_CEILING = 0.05

const Share = UnitInterval
const Whole = z.int().min(1)

/** Errors of the first, second and further evaluations of one artifact; after the last there is none. */
const ErrorsByRun = z
  .array(z.number().positive().max(ERROR_MAX))
  .min(1)
  .max(8)
  .check(({ value, issues }) => {
    const total = value.reduce((sum, error) => sum + error, 0)
    const falls = value.every((error, run) => run === 0 || error <= (value[run - 1] as number))
    if (total <= ERROR_TOTAL_MAX && falls) return
    issues.push(
      ruleIssue('errors_by_run', `Expected errors that never rise and sum to at most ${ERROR_TOTAL_MAX}`, value),
    )
  })

/**
 * What a candidate has to prove before it may be promoted. Every threshold is there: none may be left out, be null or
 * be no number, so that no absent threshold can ever count as met. Its hash is in every evaluation that was judged by
 * it.
 */
export const MetricPolicy = z
  .strictObject({
    file_version: z.literal('torghut.metric-policy.v1'),
    program_name: text(128),
    errors_by_run: ErrorsByRun,
    scores: z.strictObject({
      schema_validity_min: Share.min(SCHEMA_VALIDITY_FLOOR),
      agreement_min: Share,
      veto_alignment_min: Share,
      false_veto_max: Share,
      fallback_rate_max: Share,
    }),
    latency_p95_ms_max: Whole,
    calibration: z.strictObject({ brier_max: z.number().min(0).max(2), ece_max: Share }),
    comparison: z.strictObject({
      /** All of them have to be in the report. */
      baselines: z.array(BaselineName).min(1).max(BaselineName.options.length),
      /** The one that has to be beaten. */
      against: BaselineName,
      agreement_gain_min: z.number().gt(0).max(1),
      /** Most the mean net result of a trade may be worse, as a fraction of its notional. */
      net_loss_max: z.number().min(0).max(0.1),
    }),
    regimes: z.strictObject({ required: z.array(RegimeBucket).max(RegimeBucket.options.length), rows_min: Whole }),
    /** Only for targets that serve in live. */
    live: z.strictObject({ deflated_sharpe_min: Share, overfitting_probability_max: Share }),
    report_age_max_hours: z.number().positive().max(24),
    first_window: z.strictObject({
      reviews_min: Whole,
      duration_seconds: Whole,
      timeout_and_fallback_max: Share.max(FIRST_WINDOW_CEILING),
    }),
  })
  .check(({ value, issues }) => {
    const { baselines, against } = value.comparison
    if (baselines.includes(against)) return
    issues.push(
      ruleIssue('baseline_not_run', `"${against}" is not among the baselines`, against, ['comparison', 'against']),
    )
  })
export type MetricPolicy = z.output<typeof MetricPolicy>
