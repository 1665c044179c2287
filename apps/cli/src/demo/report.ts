import Table from 'cli-table3'

import type { DemoResult } from './run-demo.ts'
import type { ReplaySummary } from './replay-lines.ts'

/** The demo's table, as text: what was decided and why, how fast, how well, and where to look next. */
export function demoReport(result: DemoResult): string {
  const { summary } = result
  const model = summary.simulated ? 'simulated model: these scores say nothing about a language model' : 'model behind JANGAR_BASE_URL'
  return [
    '',
    `What was decided (${model})`,
    facts(summary),
    'By period',
    periods(summary),
    ...(result.explained === null ? [] : ['One decision, explained', result.explained]),
    'Checks',
    ...result.checks.map(({ name, passed, found }) => `  ${passed ? 'ok  ' : 'FAIL'} ${name} (${found})`),
    '',
    `run ${summary.request_hash.slice(0, 16)} with seed "${result.seed}" took ${result.seconds.toFixed(1)} s, everything is stopped`,
    `look at what it left:  npx torghut up --data-dir ${result.folder}`,
    '',
  ].join('\n')
}

function facts(summary: ReplaySummary): string {
  const { latency_ms: latency, desk } = summary
  const table = new Table({ style: { head: [], border: [] }, colWidths: [26, 78], wordWrap: true })
  table.push(
    ['decisions', `${summary.decisions} (${summary.entries} entries, ${summary.exits} exits)`],
    ['verdicts on entries', counts(summary.entry_verdicts)],
    ['reasons', counts(summary.reasons)],
    ['gate outcomes', gates(summary)],
    ['model skipped', counts(summary.llm_skipped)],
    ['fallback', counts(summary.fallback_causes)],
    ['latency, client', percentiles(latency.client)],
    ['latency, server', percentiles(latency.server)],
    ['agreement with the desk', `${percent(desk.agreement)} of ${desk.reviewed} answers (labels: ${counts(desk.labels)})`],
    ['veto alignment', percent(desk.veto_alignment)],
    ['false veto', percent(desk.false_veto)],
    ['agreement with results', `${percent(summary.results_agreement)} of entries earned when taken, or would have lost when vetoed`],
    ['result after costs', results(summary.results)],
  )
  return table.toString()
}

function periods(summary: ReplaySummary): string {
  const table = new Table({
    head: ['period', 'market', 'entries', 'verdicts', 'desk agreement', 'mean net approved', 'mean net vetoed*'],
    style: { head: [], border: [] },
  })
  for (const { period, mood, entries, verdicts, desk, results: nets } of summary.periods) {
    table.push([period, mood, entries, counts(verdicts), percent(desk.agreement), basisPoints(nets['approve']), basisPoints(nets['veto'])])
  }
  return `${table.toString()}\n  * counterfactual: what the vetoed entries would have earned`
}

/** The gates that denied something, each with its counts; dozens that never did are one line. */
function gates(summary: ReplaySummary): string {
  const all = Object.entries(summary.gates)
  const denying = all.filter(([, { failed }]) => failed > 0)
  const lines = denying.map(([gate, { passed, failed }]) => `${gate} ${passed} passed / ${failed} failed`)
  return [...lines, `${all.length - denying.length} other gates denied nothing`].join('\n')
}

function results(nets: ReplaySummary['results']): string {
  return Object.entries(nets)
    .map(([verdict, { count, hit_rate: hitRate }]) => {
      const kind = verdict === 'veto' ? 'counterfactual' : 'realised'
      return `${verdict} ${basisPoints(nets[verdict])} a trade, ${percent(hitRate)} won (${count} ${kind})`
    })
    .join('\n')
}

function counts(map: Record<string, number>): string {
  const items = Object.entries(map).sort(([, a], [, b]) => b - a)
  return items.length === 0 ? 'none' : items.map(([name, count]) => `${name} ${count}`).join(', ')
}

function percentiles({ p50, p95, p99, max }: ReplaySummary['latency_ms']['client']): string {
  return `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms`
}

function percent(share: number | null): string {
  return share === null ? 'no rows' : `${(share * 100).toFixed(1)} %`
}

function basisPoints(group: { mean_net: number } | undefined): string {
  return group === undefined ? 'none' : `${(group.mean_net * 10_000).toFixed(1)} bps`
}
