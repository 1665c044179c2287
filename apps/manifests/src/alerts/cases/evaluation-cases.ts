import { eventsAt, steady, worker } from './alert-case.ts'
import type { AlertCase } from './alert-case.ts'

const PASSED = worker('torghut_lifecycle_eval_gate_passed', 'check="schema-validity"')
const DRIFT = worker('torghut_lifecycle_drift_alarm', 'detector="agreement"')
const REFUSED = worker('torghut_lifecycle_promotion_refused_total', 'code="eval_report_stale"')
const SUCCESS = worker('torghut_lifecycle_lane_last_success_timestamp_seconds', 'lane="compile"')

export const evaluationCases: AlertCase[] = [
  {
    alert: 'TorghutEvalGateFailed',
    labels: { check: 'schema-validity' },
    fires: { atMinutes: 10, series: { [PASSED]: steady(0, 20) } },
    quiet: { atMinutes: 10, series: { [PASSED]: steady(1, 20) } },
  },
  {
    alert: 'TorghutScoresDrift',
    labels: { detector: 'agreement' },
    fires: { atMinutes: 10, series: { [DRIFT]: steady(1, 20) } },
    quiet: { atMinutes: 10, series: { [DRIFT]: '1+0x3 0+0x20' } },
  },
  {
    alert: 'TorghutPromotionRefused',
    labels: { code: 'eval_report_stale' },
    fires: { atMinutes: 90, series: { [REFUSED]: eventsAt([80], 100) } },
    quiet: { atMinutes: 90, series: { [REFUSED]: eventsAt([10], 100) } },
  },
  {
    alert: 'TorghutLaneStandsStill',
    labels: { lane: 'compile' },
    // The story begins at second 0 of 1970: a lane that succeeded there has been quiet for 18 hours at minute 1,080.
    fires: { atMinutes: 1125, series: { [SUCCESS]: steady(0, 1200) } },
    quiet: { atMinutes: 1125, series: { [SUCCESS]: steady(3600, 1200) } },
  },
]
