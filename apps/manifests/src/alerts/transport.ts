import type { AlertFacts, AlertRule } from './alert-rule.ts'
import { ENOUGH_REVIEWS, Series, all } from './promql.ts'

const FALLBACKS = 'torghut_trading_llm_fallback_total'
const REQUESTS = 'torghut_trading_llm_requests_total'
const GATEWAY_CAUSES = ['cause=~"gateway_.+"']

/** The way to the model: connection, access, and whether answers have the shape that was asked for. */
export function transportAlerts({ apiJob }: AlertFacts): AlertRule[] {
  const api = new Series(apiJob)
  return [...gatewayAlerts(api), ...schemaAlerts(api), ...breakerAlerts(api)]
}

function gatewayAlerts(api: Series): AlertRule[] {
  const failed = (window: string) => api.appeared(FALLBACKS, window, GATEWAY_CAUSES)
  const refused = api.appeared(FALLBACKS, '30m', ['cause="gateway_http_error"'])
  return [
    {
      alert: 'TorghutGatewayFailing',
      family: 'transport',
      severity: 'page',
      // 10 % over 10 minutes is the threshold the desk has had from the start.
      expr: all(
        `${failed('10m')} / ${api.grown(REQUESTS, '10m')} > 0.1`,
        `${api.grown(REQUESTS, '10m')} >= ${ENOUGH_REVIEWS}`,
      ),
      forMinutes: 0,
      summary: 'More than a tenth of the model calls of 10 minutes failed at the gateway',
      step: 'gateway-fails',
    },
    {
      alert: 'TorghutGatewayFailingLowTraffic',
      family: 'transport',
      severity: 'page',
      expr: all(
        `${failed('1h')} >= 3`,
        `${failed('1h')} / ${api.grown(REQUESTS, '1h')} > 0.25`,
        `${api.grown(REQUESTS, '10m')} < ${ENOUGH_REVIEWS}`,
      ),
      forMinutes: 0,
      summary:
        'At low traffic, three or more and over a quarter of the model calls of an hour failed at the gateway',
      step: 'gateway-fails',
    },
    {
      alert: 'TorghutGatewayRefusesCalls',
      family: 'transport',
      severity: 'page',
      expr: all(`${refused} >= 2`, `${refused} / ${api.grown(REQUESTS, '30m')} > 0.5`),
      forMinutes: 0,
      summary:
        'The gateway answers most calls of 30 minutes with an HTTP error: access, quota or a wrong address',
      step: 'gateway-refuses-access',
    },
  ]
}

function schemaAlerts(api: Series): AlertRule[] {
  const invalid = (window: string) =>
    `(${api.grown('torghut_trading_llm_validation_error_total', window)} + ${api.grown('torghut_trading_llm_parse_error_total', window)})`
  const share = (window: string) => `${invalid(window)} / ${api.grown(REQUESTS, window)}`
  return [
    {
      alert: 'TorghutAnswersInvalid',
      family: 'transport',
      severity: 'ticket',
      // 0.2 % warns and 0.5 % pages (service objectives). At least three and five answers, rounded down.
      expr: all(`${share('1h')} > 0.002`, `${invalid('1h')} >= 2.5`, `${api.grown(REQUESTS, '1h')} >= 500`),
      forMinutes: 0,
      summary: 'More than 0.2 % of the answers of an hour had the wrong shape',
      step: 'answers-have-the-wrong-shape',
    },
    {
      alert: 'TorghutAnswersInvalidBadly',
      family: 'transport',
      severity: 'page',
      expr: all(`${share('1h')} > 0.005`, `${invalid('1h')} >= 4.5`, `${api.grown(REQUESTS, '1h')} >= 500`),
      forMinutes: 0,
      summary: 'More than 0.5 % of the answers of an hour had the wrong shape',
      step: 'answers-have-the-wrong-shape',
    },
    {
      alert: 'TorghutAnswersInvalidLowTraffic',
      family: 'transport',
      severity: 'page',
      expr: all(`${invalid('6h')} >= 2.5`, `${share('6h')} > 0.005`, `${api.grown(REQUESTS, '1h')} < 500`),
      forMinutes: 0,
      summary: 'At low traffic, three or more and over 0.5 % of the answers of six hours had the wrong shape',
      step: 'answers-have-the-wrong-shape',
    },
  ]
}

function breakerAlerts(api: Series): AlertRule[] {
  return [
    {
      alert: 'TorghutBreakerOpen',
      family: 'transport',
      severity: 'page',
      expr: `max by (breaker) (${api.of('torghut_llm_circuit_open')}) == 1`,
      forMinutes: 10,
      summary:
        'The breaker {{ $labels.breaker }} has been open for 10 minutes: the fallback vetoes all new risk',
      step: 'breaker-is-open',
    },
    {
      alert: 'TorghutBreakerOpened',
      family: 'transport',
      severity: 'ticket',
      expr: `${api.grown('torghut_trading_llm_circuit_open_total', '10m')} > 0`,
      forMinutes: 0,
      summary: 'A breaker opened in the last 10 minutes',
      step: 'breaker-is-open',
    },
  ]
}
