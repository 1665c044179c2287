/**
 * Metrics of the lifecycle worker that alerts and dashboards read, with what each must mean. The worker exports them;
 * a check of the running processes names those it does not export yet.
 */
export const WORKER_METRICS = {
  torghut_promoted_artifact_info:
    'The artifact promoted last, by target, as labels artifact_hash and target; always 1',
  torghut_lifecycle_eval_gate_passed: '1 when the check of the last evaluation passed, by label check',
  torghut_lifecycle_eval_score: 'The score of the last evaluation, by label metric',
  torghut_lifecycle_drift_alarm: '1 while a drift detector holds its alarm, by label detector',
  torghut_lifecycle_promotion_refused_total: 'Promotions that a gate refused, by label code',
  torghut_lifecycle_lane_last_success_timestamp_seconds:
    'When a lane last succeeded, in seconds since 1970, by label lane',
} as const
export type WorkerMetric = keyof typeof WORKER_METRICS
