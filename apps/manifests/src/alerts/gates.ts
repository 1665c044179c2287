import type { AlertFacts, AlertRule } from './alert-rule.ts'
import { ENOUGH_REVIEWS, Series, all } from './promql.ts'

const OUTCOMES = 'torghut_trading_llm_gate_outcome_total'
const VERDICTS = ['approve', 'veto', 'adjust'].map((verdict) => `torghut_trading_llm_${verdict}_total`)

/** Counters that stay at 0 in every build: a step of one of them means that a gate was gone around. */
const NEVER = ['fail_mode_override', 'fail_mode_exception', 'stage_policy_violation', 'shadow'].map(
  (name) => `torghut_trading_llm_${name}_total`,
)

/** Half as many vetoes again as the baseline the service exports beside them. */
const VETO_RATE_FACTOR = 1.5

/** The deterministic gates: went around, or suddenly saying something else. */
export function gateAlerts({ apiJob }: AlertFacts): AlertRule[] {
  const api = new Series(apiJob)
  return [...bypassAlerts(api), ...vetoRateAlerts(api), ...blockingAlerts(api)]
}

function bypassAlerts(api: Series): AlertRule[] {
  return [
    {
      alert: 'TorghutGateBypassed',
      family: 'gates',
      severity: 'page',
      expr: `min(${api.of('torghut_trading_llm_committee_veto_alignment_rate')}) < 1`,
      forMinutes: 0,
      summary: 'A mandatory member vetoed and the verdict was not a veto',
      step: 'a-gate-was-bypassed',
    },
    {
      alert: 'TorghutFailModeChanged',
      family: 'gates',
      severity: 'page',
      expr: NEVER.map((metric) => `sum(${api.of(metric)}) > 0`).join('\nor '),
      forMinutes: 0,
      summary: 'A counter moved that no build of ours moves: the fail mode is not what it must be',
      step: 'a-gate-was-bypassed',
    },
    {
      alert: 'TorghutReviewsHeldBack',
      family: 'gates',
      severity: 'ticket',
      expr: `${api.grown('torghut_trading_llm_guardrail_block_total', '10m')} > 0`,
      forMinutes: 0,
      summary: 'A control kept the model from being asked in the last 10 minutes',
      step: 'a-control-holds-reviews-back',
    },
  ]
}

function vetoRateAlerts(api: Series): AlertRule[] {
  const verdicts = (window: string) => `(${VERDICTS.map((metric) => api.grown(metric, window)).join(' + ')})`
  const vetoes = (window: string) => api.grown('torghut_trading_llm_veto_total', window)
  const limit = `${VETO_RATE_FACTOR} * max(${api.of('torghut_llm_veto_rate_baseline')})`
  return [
    {
      alert: 'TorghutVetoRateHigh',
      family: 'gates',
      severity: 'ticket',
      expr: all(
        `${vetoes('30m')} / ${verdicts('30m')} > ${limit}`,
        `${verdicts('30m')} >= ${ENOUGH_REVIEWS}`,
      ),
      forMinutes: 5,
      summary: 'The share of vetoes in 30 minutes is above one and a half times its baseline',
      step: 'verdicts-changed',
    },
    {
      alert: 'TorghutVetoRateHighLowTraffic',
      family: 'gates',
      severity: 'ticket',
      // Of 20 verdicts at the baseline of 40 %, 18 or more are vetoes about once in 100,000 windows.
      expr: all(
        `${vetoes('6h')} / ${verdicts('6h')} > 0.85`,
        `${verdicts('6h')} >= 20`,
        `${verdicts('30m')} < ${ENOUGH_REVIEWS}`,
      ),
      forMinutes: 5,
      summary: 'At low traffic, more than 85 % of the verdicts of six hours are vetoes',
      step: 'verdicts-changed',
    },
  ]
}

function blockingAlerts(api: Series): AlertRule[] {
  const judged = (window: string) => api.appeared(OUTCOMES, window, [], 'gate')
  const denied = (window: string) => api.appeared(OUTCOMES, window, ['passed="false"'], 'gate')
  const rule = (window: string, least: number) =>
    `${denied(window)} / ${judged(window)} > 0.9\nand ${judged(window)} >= ${least}`
  return [
    {
      alert: 'TorghutGateDeniesAll',
      family: 'gates',
      severity: 'page',
      expr: rule('1h', ENOUGH_REVIEWS),
      forMinutes: 5,
      summary: 'Gate {{ $labels.gate }} denied more than 90 % of what it judged in an hour',
      step: 'a-gate-denies-everything',
    },
    {
      alert: 'TorghutGateDeniesAllLowTraffic',
      family: 'gates',
      severity: 'ticket',
      expr: `${rule('6h', 20)}\nand ${judged('1h')} < ${ENOUGH_REVIEWS}`,
      forMinutes: 5,
      summary: 'At low traffic, gate {{ $labels.gate }} denied more than 90 % of what it judged in six hours',
      step: 'a-gate-denies-everything',
    },
  ]
}
