import type { AlertFacts, AlertRule, Severity } from './alert-rule.ts'
import { Series, all } from './promql.ts'

/** The objective: 99.9 % of the time, and of the reviews, over 30 days. */
const ERROR_BUDGET = 0.001

/** Causes of a fallback that are ours alone. A gateway that fails is another objective, with alerts of its own. */
const OWN_CAUSES = ['artifact_.+', 'internal', 'overloaded', 'resource_exceeded']

/**
 * Multiwindow burn rates (Site Reliability Workbook, chapter 5): at this multiple of the budget's even pace, over the
 * long window and still in the short one. 2 %, 5 %, 10 % and 10 % of the month's budget are gone when each speaks.
 */
const BURN_RATES: readonly {
  name: string
  factor: number
  long: string
  short: string
  severity: Severity
}[] = [
  { name: 'Fastest', factor: 14.4, long: '1h', short: '5m', severity: 'page' },
  { name: 'Fast', factor: 6, long: '6h', short: '30m', severity: 'page' },
  { name: 'Slow', factor: 3, long: '1d', short: '2h', severity: 'ticket' },
  { name: 'Slowest', factor: 1, long: '3d', short: '6h', severity: 'ticket' },
]

/** Fewest reviews of the long window for a share of them to be compared with a budget of one in a thousand. */
const BURN_REVIEWS_MIN = 500

/** Recorded once an evaluation, so that three days of it are cheap to look back on. */
const LOOP_UP = 'torghut:review_loop:up'

/**
 * 1 while a replica answers scrapes, else 0. Targets that vanished count as down for a day; else a service that is
 * a day old would have been down before its birth.
 */
export function loopRecording({ apiJob }: AlertFacts): { record: string; expr: string } {
  const up = new Series(apiJob).of('up')
  return { record: LOOP_UP, expr: `max(${up}) or 0 * max(last_over_time(${up}[1d]))` }
}

/**
 * Is the loop there (a replica answers scrapes, which needs no traffic), and do reviews fail for reasons of our own?
 * The first works at any traffic; the second has a variant for when there are too few reviews to speak of shares.
 */
export function availabilityAlerts({ apiJob }: AlertFacts): AlertRule[] {
  const api = new Series(apiJob)
  return [...BURN_RATES.flatMap((rate) => [loopAlert(rate), reviewAlert(api, rate)]), lowTrafficAlert(api)]
}

type BurnRate = (typeof BURN_RATES)[number]

function loopAlert({ name, factor, long, short, severity }: BurnRate): AlertRule {
  const down = (window: string) => `(1 - avg_over_time(${LOOP_UP}[${window}]))`
  return {
    alert: `TorghutLoopBurn${name}`,
    family: 'availability',
    severity,
    expr: all(`${down(long)} > ${budgetTimes(factor)}`, `${down(short)} > ${budgetTimes(factor)}`),
    forMinutes: 2,
    summary: `No replica answered for part of the last ${long}: the 99.9 % objective burns ${factor} times too fast`,
    step: 'the-loop-is-away',
  }
}

function reviewAlert(api: Series, { name, factor, long, short, severity }: BurnRate): AlertRule {
  const reviews = (window: string) => api.grown('torghut_trading_llm_requests_total', window)
  const failed = (window: string) =>
    `${ownFailures(api, window)} / ${reviews(window)} > ${budgetTimes(factor)}`
  return {
    alert: `TorghutReviewBurn${name}`,
    family: 'availability',
    severity,
    expr: all(failed(long), failed(short), `${reviews(long)} >= ${BURN_REVIEWS_MIN}`),
    forMinutes: 2,
    summary: `Reviews of the last ${long} failed for reasons of our own: the 99.9 % objective burns ${factor} times too fast`,
    step: 'reviews-fail-by-themselves',
  }
}

function lowTrafficAlert(api: Series): AlertRule {
  return {
    alert: 'TorghutReviewsFailLowTraffic',
    family: 'availability',
    severity: 'page',
    expr: all(
      `${ownFailures(api, '6h')} >= 2`,
      `${api.grown('torghut_trading_llm_requests_total', '6h')} < ${BURN_REVIEWS_MIN}`,
    ),
    forMinutes: 0,
    summary: 'At low traffic, two or more reviews of six hours failed for reasons of our own',
    step: 'reviews-fail-by-themselves',
  }
}

function ownFailures(api: Series, window: string): string {
  return api.appeared('torghut_trading_llm_fallback_total', window, [`cause=~"${OWN_CAUSES.join('|')}"`])
}

/** The share of failures at which the budget burns so many times too fast; four digits hide the float's tail. */
function budgetTimes(factor: number): string {
  return (factor * ERROR_BUDGET).toFixed(4)
}
