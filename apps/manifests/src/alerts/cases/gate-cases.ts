import { api, llm, perMinute, steady } from './alert-case.ts'
import type { AlertCase } from './alert-case.ts'

const ALIGNMENT = llm('committee_veto_alignment_rate')
const outcomes = (passed: number, denied: number, minutes = 120) => ({
  [llm('gate_outcome_total', 'gate="market-context",passed="true"')]: perMinute(passed, minutes),
  [llm('gate_outcome_total', 'gate="market-context",passed="false"')]: perMinute(denied, minutes),
})
const verdicts = (approved: number, vetoed: number, minutes = 120) => ({
  [llm('approve_total')]: perMinute(approved, minutes),
  [llm('veto_total')]: perMinute(vetoed, minutes),
  [llm('adjust_total')]: steady(0, minutes),
  [api('torghut_llm_veto_rate_baseline')]: steady(0.4, minutes),
})
const never = (moved: number) => ({
  [llm('fail_mode_override_total')]: steady(0, 10),
  [llm('fail_mode_exception_total')]: steady(0, 10),
  [llm('stage_policy_violation_total')]: steady(moved, 10),
  [llm('shadow_total')]: steady(0, 10),
})

export const gateCases: AlertCase[] = [
  {
    alert: 'TorghutGateBypassed',
    fires: { atMinutes: 5, series: { [ALIGNMENT]: steady(0.999, 10) } },
    quiet: { atMinutes: 5, series: { [ALIGNMENT]: steady(1, 10) } },
  },
  {
    alert: 'TorghutFailModeChanged',
    fires: { atMinutes: 5, series: never(1) },
    quiet: { atMinutes: 5, series: never(0) },
  },
  {
    alert: 'TorghutReviewsHeldBack',
    fires: { atMinutes: 30, series: { [llm('guardrail_block_total')]: '0+0x24 1+0x20' } },
    quiet: { atMinutes: 30, series: { [llm('guardrail_block_total')]: steady(0, 40) } },
  },
  {
    alert: 'TorghutVetoRateHigh',
    fires: { atMinutes: 60, series: verdicts(3, 7) },
    quiet: { atMinutes: 60, series: verdicts(5, 5) },
  },
  {
    alert: 'TorghutVetoRateHighLowTraffic',
    fires: { atMinutes: 390, series: verdicts(0.01, 0.15, 400) },
    quiet: { atMinutes: 390, series: verdicts(0.04, 0.12, 400) },
  },
  {
    alert: 'TorghutGateDeniesAll',
    labels: { gate: 'market-context' },
    fires: { atMinutes: 90, series: outcomes(0.5, 9.5) },
    quiet: { atMinutes: 90, series: outcomes(1.5, 8.5) },
  },
  {
    alert: 'TorghutGateDeniesAllLowTraffic',
    labels: { gate: 'market-context' },
    fires: { atMinutes: 390, series: outcomes(0.005, 0.16, 400) },
    quiet: { atMinutes: 390, series: outcomes(0.03, 0.13, 400) },
  },
]
