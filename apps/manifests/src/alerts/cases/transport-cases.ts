import { api, eventsAt, llm, perMinute, steady, stepEvery } from './alert-case.ts'
import type { AlertCase } from './alert-case.ts'

const TIMEOUTS = llm('fallback_total', 'cause="gateway_timeout"')
const HTTP_ERRORS = llm('fallback_total', 'cause="gateway_http_error"')
const BREAKER = api('torghut_llm_circuit_open', 'breaker="gateway"')

export const transportCases: AlertCase[] = [
  {
    alert: 'TorghutGatewayFailing',
    fires: {
      atMinutes: 20,
      series: { [llm('requests_total')]: perMinute(10, 30), [TIMEOUTS]: perMinute(1.1, 30) },
    },
    quiet: {
      atMinutes: 20,
      series: { [llm('requests_total')]: perMinute(10, 30), [TIMEOUTS]: perMinute(0.9, 30) },
    },
  },
  {
    alert: 'TorghutGatewayFailingLowTraffic',
    fires: {
      atMinutes: 70,
      series: { [llm('requests_total')]: stepEvery(6, 90), [TIMEOUTS]: eventsAt([30, 45, 60], 90) },
    },
    quiet: {
      atMinutes: 70,
      series: { [llm('requests_total')]: stepEvery(6, 90), [TIMEOUTS]: eventsAt([30, 45], 90) },
    },
  },
  {
    alert: 'TorghutGatewayRefusesCalls',
    fires: {
      atMinutes: 62,
      series: {
        [llm('requests_total')]: stepEvery(6, 90),
        [HTTP_ERRORS]: eventsAt([36, 42, 48, 54, 60], 90),
      },
    },
    quiet: {
      atMinutes: 62,
      series: { [llm('requests_total')]: stepEvery(6, 90), [HTTP_ERRORS]: eventsAt([36, 60], 90) },
    },
  },
  {
    alert: 'TorghutAnswersInvalid',
    fires: { atMinutes: 90, series: invalid(20, 0.05) },
    quiet: { atMinutes: 90, series: invalid(20, 0.035) },
  },
  {
    alert: 'TorghutAnswersInvalidBadly',
    fires: { atMinutes: 90, series: invalid(20, 0.11) },
    quiet: { atMinutes: 90, series: invalid(20, 0.09) },
  },
  {
    alert: 'TorghutAnswersInvalidLowTraffic',
    fires: {
      atMinutes: 390,
      series: { [llm('requests_total')]: stepEvery(6, 400), ...invalidEvents([100, 200, 300]) },
    },
    quiet: {
      atMinutes: 390,
      series: { [llm('requests_total')]: stepEvery(6, 400), ...invalidEvents([100, 200]) },
    },
  },
  {
    alert: 'TorghutBreakerOpen',
    labels: { breaker: 'gateway' },
    fires: { atMinutes: 11, series: { [BREAKER]: steady(1, 20) } },
    quiet: { atMinutes: 20, series: { [BREAKER]: '1+0x8 0+0x20' } },
  },
  {
    alert: 'TorghutBreakerOpened',
    fires: { atMinutes: 30, series: { [llm('circuit_open_total')]: '0+0x24 1+0x20' } },
    quiet: { atMinutes: 45, series: { [llm('circuit_open_total')]: '0+0x24 1+0x30' } },
  },
]

function invalid(requests: number, broken: number): Record<string, string> {
  return {
    [llm('requests_total')]: perMinute(requests, 120),
    [llm('validation_error_total')]: perMinute(broken, 120),
    [llm('parse_error_total')]: steady(0, 120),
  }
}

/** A counter without labels is there from the start. */
function invalidEvents(minutes: readonly number[]): Record<string, string> {
  const [first = 0] = minutes
  return {
    [llm('validation_error_total')]: eventsAt(minutes, 400).replace(`_x${first}`, `0+0x${first - 1}`),
    [llm('parse_error_total')]: steady(0, 400),
  }
}
