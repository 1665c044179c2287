import type { AlertFacts, AlertRule } from './alert-rule.ts'
import { Series } from './promql.ts'
import type { WorkerMetric } from './worker-metrics.ts'

/** Passes of the lanes that may be missed before somebody is told. */
const MISSED_PASSES = 3

/** The lifecycle: evaluations that fail, scores that drift, promotions that a gate refuses, lanes that stand still. */
export function evaluationAlerts({ workerJob }: AlertFacts, periodHours: number): AlertRule[] {
  const worker = new Series(workerJob)
  const of = (metric: WorkerMetric, ...matchers: string[]) => worker.of(metric, ...matchers)
  const lanes = of(
    'torghut_lifecycle_lane_last_success_timestamp_seconds',
    'lane=~"dataset-build|compile|eval"',
  )
  return [
    {
      alert: 'TorghutEvalGateFailed',
      family: 'evaluation',
      severity: 'ticket',
      expr: `min by (check) (${of('torghut_lifecycle_eval_gate_passed')}) == 0`,
      forMinutes: 5,
      summary: 'The last evaluation did not pass {{ $labels.check }}',
      step: 'an-evaluation-failed',
    },
    {
      alert: 'TorghutScoresDrift',
      family: 'evaluation',
      severity: 'page',
      expr: `max by (detector) (${of('torghut_lifecycle_drift_alarm')}) == 1`,
      forMinutes: 5,
      summary: 'Drift detector {{ $labels.detector }} holds its alarm',
      step: 'scores-drift',
    },
    {
      alert: 'TorghutPromotionRefused',
      family: 'evaluation',
      severity: 'ticket',
      expr: `${worker.appeared('torghut_lifecycle_promotion_refused_total' satisfies WorkerMetric, '1h', [], 'code')} > 0`,
      forMinutes: 0,
      summary: 'A promotion was refused: {{ $labels.code }}',
      step: 'a-promotion-was-refused',
    },
    {
      alert: 'TorghutLaneStandsStill',
      family: 'evaluation',
      severity: 'ticket',
      expr: `time() - max by (lane) (${lanes}) > ${MISSED_PASSES * periodHours * 3600}`,
      forMinutes: 15,
      summary: `Lane {{ $labels.lane }} has not succeeded for ${MISSED_PASSES * periodHours} hours`,
      step: 'a-lane-stands-still',
    },
  ]
}
