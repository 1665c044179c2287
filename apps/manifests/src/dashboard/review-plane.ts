import type { AlertFacts } from '../alerts/alert-rule.ts'
import { Series } from '../alerts/promql.ts'
import type { WorkerMetric } from '../alerts/worker-metrics.ts'
import type { Panel, Query, Row } from './panels.ts'

const TRADING = 'torghut_trading_llm_'
const WINDOW = '$__rate_interval'

/** What an operator looks at first: volume and failures, which program answers, what gates say, how contexts are. */
export function reviewPlaneRows({ apiJob, workerJob, artifactHash }: AlertFacts): Row[] {
  const api = new Series(apiJob)
  const worker = new Series(workerJob)
  return [
    { title: 'Reviews', panels: [callVolume(api), failureRates(api), latency(api)] },
    { title: 'Artifact', panels: [activeAgainstPromoted(api, worker, artifactHash), ...evaluation(worker)] },
    { title: 'Gates', panels: [gateOutcomes(api), verdicts(api)] },
    { title: 'Market context', panels: [contextQuality(api), contextReasons(api)] },
    { title: 'Breaker', panels: [breakerState(api), breakerErrors(api)] },
  ]
}

function callVolume(api: Series): Panel {
  return graph(
    'Call volume',
    'Reviews in which the program was asked, and those in which it was skipped',
    'reqps',
    [
      { expr: rate(api, 'requests_total'), legend: 'asked' },
      {
        expr: `sum by (reason) (rate(${api.of(`${TRADING}skipped_total`)}[${WINDOW}]))`,
        legend: 'skipped: {{reason}}',
      },
    ],
  )
}

function failureRates(api: Series): Panel {
  const causes = (matcher: string) =>
    `sum(rate(${api.of(`${TRADING}fallback_total`, matcher)}[${WINDOW}])) / ${rate(api, 'requests_total')}`
  return graph(
    'Timeout, failure and fallback rate',
    'Shares of the reviews that asked the program',
    'percentunit',
    [
      { expr: causes('cause=~"gateway_timeout|gateway_stalled"'), legend: 'timeout' },
      {
        expr: causes('cause=~"gateway_.+",cause!~"gateway_timeout|gateway_stalled"'),
        legend: 'gateway failure',
      },
      { expr: causes('cause=~"answer_.+|advice_.+|unsafe_text"'), legend: 'unusable answer' },
      {
        expr: `${rate(api, 'error_total')} / ${rate(api, 'requests_total')}`,
        legend: 'fallback, all causes',
      },
    ],
  )
}

function latency(api: Series): Panel {
  const quantile = (q: number) =>
    `histogram_quantile(${q}, sum by (le, path) (rate(${api.of(`${TRADING}review_duration_seconds_bucket`)}[${WINDOW}])))`
  return graph('Latency', 'From receipt to the recorded answer, by the way the review took', 's', [
    { expr: quantile(0.5), legend: 'p50 {{path}}' },
    { expr: quantile(0.95), legend: 'p95 {{path}}' },
  ])
}

function activeAgainstPromoted(api: Series, worker: Series, artifactHash: string): Panel {
  return {
    title: 'Active against promoted artifact',
    description: `What serves, and what was promoted last. Pinned in Git: ${artifactHash}`,
    unit: 'short',
    kind: 'table',
    queries: [
      {
        expr: `count by (artifact_hash, kind) (${api.of('torghut_active_artifact_info')})`,
        legend: 'active',
      },
      {
        expr: `max by (artifact_hash, target) (${worker.of(ofWorker('torghut_promoted_artifact_info'))})`,
        legend: 'promoted',
      },
    ],
  }
}

function evaluation(worker: Series): Panel[] {
  const score = worker.of(ofWorker('torghut_lifecycle_eval_score'))
  const passed = worker.of(ofWorker('torghut_lifecycle_eval_gate_passed'))
  return [
    graph('Evaluation gate over time', '1 while the check of the last evaluation passed', 'short', [
      { expr: `min by (check) (${passed})`, legend: '{{check}}' },
    ]),
    graph(
      'Scores of the last evaluation',
      'By metric; the gate judges by the bound, not by this number',
      'percentunit',
      [{ expr: `max by (metric) (${score})`, legend: '{{metric}}' }],
    ),
  ]
}

function gateOutcomes(api: Series): Panel {
  const outcomes = api.of(`${TRADING}gate_outcome_total`, 'passed="false"')
  return graph('Denials by gate', 'Reviews a second that a gate denied', 'reqps', [
    { expr: `sum by (gate) (rate(${outcomes}[${WINDOW}]))`, legend: '{{gate}}' },
  ])
}

function verdicts(api: Series): Panel {
  const queries = ['approve', 'veto', 'adjust'].map((verdict) => ({
    expr: rate(api, `${verdict}_total`),
    legend: verdict,
  }))
  return graph('Verdicts', 'Final verdicts a second', 'reqps', queries)
}

function contextQuality(api: Series): Panel {
  const judged = `sum(rate(${api.of(`${TRADING}gate_outcome_total`, 'gate="market-context"')}[${WINDOW}]))`
  const share = (metric: string, matcher: string) =>
    `sum(rate(${api.of(`${TRADING}${metric}`, matcher)}[${WINDOW}])) / ${judged}`
  const both = (matcher: string) => [
    share('market_context_reason_total', matcher),
    share('market_context_shadow_total', matcher),
  ]
  const lines = {
    stale: 'reason="market_context_stale"',
    'quality low': 'reason="market_context_quality_low"',
  }
  const queries = Object.entries(lines).flatMap(([name, matcher]) =>
    both(matcher).map((expr, index) => ({
      expr,
      legend: `${name}, ${index === 0 ? 'blocked' : 'reported'}`,
    })),
  )
  return graph(
    'Freshness and quality',
    'Share of the judged contexts that were stale or poor',
    'percentunit',
    queries,
  )
}

function contextReasons(api: Series): Panel {
  return graph(
    'Block reasons',
    'Contexts a second that blocked (live) or would have blocked (paper)',
    'reqps',
    [
      {
        expr: `sum by (reason) (rate(${api.of(`${TRADING}market_context_reason_total`)}[${WINDOW}]))`,
        legend: 'blocked: {{reason}}',
      },
      {
        expr: `sum by (reason) (rate(${api.of(`${TRADING}market_context_shadow_total`)}[${WINDOW}]))`,
        legend: 'reported: {{reason}}',
      },
    ],
  )
}

function breakerState(api: Series): Panel {
  return graph('Breakers', '1 while a breaker lets no call through but a probe', 'short', [
    { expr: `max by (breaker) (${api.of('torghut_llm_circuit_open')})`, legend: '{{breaker}}' },
  ])
}

function breakerErrors(api: Series): Panel {
  return graph(
    'Failed calls and cool-down',
    'Failed calls of the whole fleet in the window; seconds until a probe may go',
    'short',
    [
      {
        expr: `max by (breaker) (${api.of('torghut_llm_circuit_recent_errors')})`,
        legend: 'errors: {{breaker}}',
      },
      {
        expr: `max by (breaker) (${api.of('torghut_llm_circuit_cooldown_seconds')})`,
        legend: 'cool-down: {{breaker}}',
      },
    ],
  )
}

function graph(title: string, description: string, unit: Panel['unit'], queries: readonly Query[]): Panel {
  return { title, description, unit, kind: 'timeseries', queries }
}

function rate(api: Series, metric: string): string {
  return `sum(rate(${api.of(`${TRADING}${metric}`)}[${WINDOW}]))`
}

/** Names a metric of the worker, so that a name outside the table does not compile. */
function ofWorker(metric: WorkerMetric): string {
  return metric
}
