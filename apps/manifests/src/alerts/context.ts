import type { AlertFacts, AlertRule } from './alert-rule.ts'
import { ENOUGH_REVIEWS, Series, all } from './promql.ts'

const BLOCKED = 'torghut_trading_llm_market_context_reason_total'
const REPORTED = 'torghut_trading_llm_market_context_shadow_total'
const OUTCOMES = 'torghut_trading_llm_gate_outcome_total'
const STALE = ['reason="market_context_stale"']
const JUDGED = ['gate="market-context"']

/** Market context that is old, poor or missing. In paper a block is reported, live it vetoes. */
export function contextAlerts({ apiJob }: AlertFacts): AlertRule[] {
  const api = new Series(apiJob)
  const judged = (window: string) => api.appeared(OUTCOMES, window, JUDGED)
  const bad = (window: string, matchers: readonly string[]) =>
    `((${api.appeared(BLOCKED, window, matchers)} or vector(0)) + (${api.appeared(REPORTED, window, matchers)} or vector(0)))`
  const rule = (window: string, matchers: readonly string[], share: number) =>
    `${bad(window, matchers)} / ${judged(window)} > ${share}`
  const family = 'context'
  return [
    {
      alert: 'TorghutContextStale',
      family,
      severity: 'ticket',
      expr: all(rule('30m', STALE, 0.1), `${judged('30m')} >= ${ENOUGH_REVIEWS}`),
      forMinutes: 5,
      summary: 'More than 10 % of the reviews of 30 minutes came with stale market context',
      step: 'context-is-stale',
    },
    {
      alert: 'TorghutContextBad',
      family,
      severity: 'page',
      expr: all(rule('30m', [], 0.25), `${judged('30m')} >= ${ENOUGH_REVIEWS}`),
      forMinutes: 5,
      summary: 'More than a quarter of the reviews of 30 minutes came with market context that blocks',
      step: 'context-blocks',
    },
    {
      alert: 'TorghutContextBadLowTraffic',
      family,
      severity: 'page',
      expr: all(rule('3h', [], 0.25), `${bad('3h', [])} >= 3`, `${judged('30m')} < ${ENOUGH_REVIEWS}`),
      forMinutes: 5,
      summary:
        'At low traffic, three or more and over a quarter of the reviews of three hours came with context that blocks',
      step: 'context-blocks',
    },
  ]
}
