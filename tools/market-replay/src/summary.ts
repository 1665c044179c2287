import { createHash } from 'node:crypto'
import { mean, quantileSorted } from 'simple-statistics'

import type { BookedResult, ReviewedDecision } from './replay-book.ts'
import type { ReplayRun } from './replay.ts'

/** The stretches of the replayed years a result is shown for, and what kind of market each was. */
export const PERIODS = [
  { name: 'dot-com', mood: 'crisis', from: '2000-01-01', to: '2002-12-31' },
  { name: 'recovery', mood: 'calm', from: '2003-01-01', to: '2006-12-31' },
  { name: 'credit-crisis', mood: 'crisis', from: '2007-01-01', to: '2009-12-31' },
  { name: 'long-bull', mood: 'calm', from: '2010-01-01', to: '2019-12-31' },
  { name: 'covid-crash', mood: 'crisis', from: '2020-01-01', to: '2020-12-31' },
] as const

/** Sums a run up: counts, latency in ms, scores of the advice against the desk (fractions), and results after costs. */
export function summarise(run: ReplayRun) {
  const { decisions, results } = run
  const entries = decisions.filter((decision) => decision.purpose === 'entry')
  const exits = decisions.filter((decision) => decision.purpose === 'exit')
  return {
    type: 'summary' as const,
    decisions: decisions.length,
    entries: entries.length,
    exits: exits.length,
    unresolved_entries: run.unresolved,
    simulated: decisions.some(({ attempt }) => attempt.reply?.lineage.simulated === true),
    verdicts: countBy(decisions.map(verdictOf)),
    entry_verdicts: countBy(entries.map(verdictOf)),
    reasons: countBy(decisions.map(reasonOf)),
    gates: countGates(decisions),
    llm_skipped: countBy(decisions.flatMap(({ attempt }) => attempt.reply?.llm_skipped ?? [])),
    exits_not_skipped: exits.filter(({ attempt }) => attempt.reply?.llm_skipped !== 'reducing').length,
    fallback_causes: countBy(decisions.flatMap(({ attempt }) => attempt.reply?.fallback?.cause ?? [])),
    unavailable: decisions.filter(({ attempt }) => attempt.reply === null).length,
    latency_ms: {
      client: percentiles(decisions.map(({ attempt }) => attempt.latencyMs)),
      server: percentiles(decisions.flatMap(({ attempt }) => attempt.reply?.timings.total_ms ?? [])),
    },
    desk: scoreAgainstDesk(entries),
    results_agreement: agreementWithResults(results),
    results: resultsByVerdict(results),
    results_by_desk_rule: groupMeans(results, ({ desk }) => desk.rule),
    periods: PERIODS.map((period) => summarisePeriod(period, entries, results)),
    request_hash: runHash(decisions),
  }
}

export type ReplaySummary = ReturnType<typeof summarise>

/** The verdict the scheduler acts on: no answer is a veto. */
export function verdictOf({ attempt }: ReviewedDecision): 'approve' | 'adjust' | 'veto' {
  return attempt.reply?.verdict ?? 'veto'
}

function reasonOf({ attempt: { reply } }: ReviewedDecision): string {
  return reply === null ? 'unavailable' : (reply.reason ?? 'none')
}

/** SHA-256 over the sorted lines `decision id, verdict, reason`: equal for runs that were answered alike. */
export function runHash(decisions: readonly ReviewedDecision[]): string {
  const lines = decisions.map((decision) =>
    [decision.body.trade_decision_id, verdictOf(decision), decision.attempt.reply?.reason ?? ''].join(','),
  )
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex')
}

/**
 * Scores advice against the desk's labels on rows the model itself answered (no fallback, not skipped). Abstain and
 * escalate count as veto. A score without rows is null.
 */
export function scoreAgainstDesk(entries: readonly ReviewedDecision[]) {
  const rows = entries.flatMap(({ attempt: { reply }, desk }) => {
    if (!reply?.advice || reply.fallback !== null || reply.llm_skipped !== null) return []
    return [{ advised: adviceClass(reply.advice.verdict), label: desk.label }]
  })
  const labelled = (label: string) => rows.filter((row) => row.label === label)
  const share = (of: typeof rows, holds: (row: (typeof rows)[number]) => boolean) =>
    of.length === 0 ? null : of.filter(holds).length / of.length
  return {
    reviewed: rows.length,
    labels: countBy(entries.map(({ desk }) => desk.label)),
    rules: countBy(entries.map(({ desk }) => desk.rule)),
    agreement: share(rows, (row) => row.advised === row.label),
    veto_alignment: share(labelled('veto'), (row) => row.advised === 'veto'),
    false_veto: share(labelled('approve'), (row) => row.advised === 'veto'),
  }
}

function adviceClass(verdict: string): string {
  return verdict === 'approve' || verdict === 'adjust' ? verdict : 'veto'
}

/**
 * Share of entries whose verdict the result bore out: taken and it earned, or vetoed and it would not have. For trades
 * that are close to coin flips after costs this lies near a half whatever reviews them. Null without results.
 */
export function agreementWithResults(results: readonly BookedResult[]): number | null {
  if (results.length === 0) return null
  const right = results.filter(({ verdict, outcome }) => (verdict === 'veto') === (Number(outcome.net) <= 0))
  return right.length / results.length
}

function summarisePeriod(
  { name, mood, from, to }: (typeof PERIODS)[number],
  entries: readonly ReviewedDecision[],
  results: readonly BookedResult[],
) {
  const inside = ({ date }: { date: string }) => date >= from && date <= to
  const own = entries.filter(inside)
  return {
    period: name,
    mood,
    entries: own.length,
    verdicts: countBy(own.map(verdictOf)),
    desk: scoreAgainstDesk(own),
    results: resultsByVerdict(results.filter(inside)),
  }
}

/** Realised and counterfactual never share a mean: a veto's result is what was *not* earned. */
function resultsByVerdict(results: readonly BookedResult[]) {
  return groupMeans(results, ({ verdict }) => verdict)
}

function groupMeans(results: readonly BookedResult[], keyOf: (result: BookedResult) => string) {
  const groups = Map.groupBy(results, keyOf)
  return Object.fromEntries(
    [...groups].sort(byKey).map(([key, group]) => {
      const nets = group.map(({ outcome }) => Number(outcome.net))
      const hits = nets.filter((net) => net > 0).length
      return [key, { count: nets.length, mean_net: Number(mean(nets).toFixed(8)), hit_rate: hits / nets.length }]
    }),
  )
}

function countGates(decisions: readonly ReviewedDecision[]) {
  const outcomes = decisions.flatMap(({ attempt }) => attempt.reply?.outcomes ?? [])
  const gates = Map.groupBy(outcomes, ({ gate }) => gate)
  return Object.fromEntries(
    [...gates].sort(byKey).map(([gate, answers]) => {
      const passed = answers.filter((answer) => answer.passed).length
      return [gate, { passed, failed: answers.length - passed }]
    }),
  )
}

function countBy(words: readonly string[]): Record<string, number> {
  const groups = Map.groupBy(words, (word) => word)
  return Object.fromEntries([...groups].sort(byKey).map(([word, all]) => [word, all.length]))
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}

function percentiles(values: readonly number[]) {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => Number(quantileSorted(sorted, share).toFixed(3))
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}
