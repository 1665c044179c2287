import type { AlertFacts, AlertRule } from './alert-rule.ts'
import { ENOUGH_REVIEWS, Series, all } from './promql.ts'
import type { WorkerMetric } from './worker-metrics.ts'

const ERRORS = 'torghut_trading_llm_error_total'
const REQUESTS = 'torghut_trading_llm_requests_total'
const ACTIVE = 'torghut_active_artifact_info'
const PROMOTED: WorkerMetric = 'torghut_promoted_artifact_info'

/** Which program answers: too many fallbacks, an artifact nobody pinned or promoted, or no word from the service. */
export function routerAlerts(facts: AlertFacts): AlertRule[] {
  const api = new Series(facts.apiJob)
  return [...fallbackAlerts(api), ...artifactAlerts(api, facts), ...silenceAlerts(api)]
}

function fallbackAlerts(api: Series): AlertRule[] {
  const share = (window: string) => `${api.grown(ERRORS, window)} / ${api.grown(REQUESTS, window)}`
  const step = 'too-many-fallbacks'
  const family = 'router'
  return [
    {
      alert: 'TorghutFallbacks',
      family,
      severity: 'ticket',
      // 5 % warns and 10 % pages (service objectives of the router).
      expr: all(`${share('30m')} > 0.05`, `${api.grown(REQUESTS, '30m')} >= ${ENOUGH_REVIEWS}`),
      forMinutes: 5,
      summary: 'More than 5 % of the reviews of 30 minutes ended in the fallback',
      step,
    },
    {
      alert: 'TorghutFallbacksMany',
      family,
      severity: 'page',
      expr: all(`${share('15m')} > 0.1`, `${api.grown(REQUESTS, '15m')} >= ${ENOUGH_REVIEWS}`),
      forMinutes: 2,
      summary: 'More than 10 % of the reviews of 15 minutes ended in the fallback',
      step,
    },
    {
      alert: 'TorghutFallbacksLowTraffic',
      family,
      severity: 'page',
      expr: all(
        `${api.grown(ERRORS, '2h')} >= 2.5`,
        `${share('2h')} > 0.1`,
        `${api.grown(REQUESTS, '30m')} < ${ENOUGH_REVIEWS}`,
      ),
      forMinutes: 0,
      summary:
        'At low traffic, three or more and over 10 % of the reviews of two hours ended in the fallback',
      step,
    },
  ]
}

function artifactAlerts(api: Series, { workerJob, artifactHash }: AlertFacts): AlertRule[] {
  const promoted = new Series(workerJob).of(PROMOTED)
  return [
    {
      alert: 'TorghutActiveArtifactNotPinned',
      family: 'router',
      severity: 'page',
      expr: `count by (artifact_hash) (${api.of(ACTIVE, `artifact_hash!="${artifactHash}"`)}) > 0`,
      forMinutes: 15,
      summary: 'Artifact {{ $labels.artifact_hash }} serves and is not the pinned one',
      step: 'another-artifact-serves',
    },
    {
      alert: 'TorghutActiveArtifactNotPromoted',
      family: 'router',
      severity: 'page',
      // While nobody exports what was promoted, there is nothing to compare with.
      expr: all(
        `count by (artifact_hash) (${api.of(ACTIVE, 'kind="compiled"')} unless on (artifact_hash) ${promoted}) > 0`,
        `count(${promoted}) > 0`,
      ),
      forMinutes: 15,
      summary: 'Artifact {{ $labels.artifact_hash }} serves and is not the promoted one',
      step: 'another-artifact-serves',
    },
  ]
}

function silenceAlerts(api: Series): AlertRule[] {
  return [
    {
      alert: 'TorghutTelemetryAbsent',
      family: 'router',
      severity: 'page',
      expr: `absent(${api.of(REQUESTS)})`,
      forMinutes: 15,
      summary: 'No replica of the review API has been scraped for 15 minutes',
      step: 'no-telemetry',
    },
    {
      alert: 'TorghutStatusStale',
      family: 'router',
      severity: 'ticket',
      expr: `min(${api.of('torghut_llm_guardrails_last_scrape_success')}) == 0`,
      forMinutes: 5,
      summary: 'A replica cannot read the state its gauges show',
      step: 'status-is-stale',
    },
  ]
}
