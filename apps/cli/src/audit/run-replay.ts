import process from 'node:process'

import { AuditReader } from '@torghut/artifact-store'
import { replayReview } from '@torghut/audit'
import type { ReplayOutcome } from '@torghut/audit'

import { plain } from '../terminal/plain.ts'
import { readInstant, requireDatabaseUrl } from './audit-inputs.ts'

export interface ReplayArguments {
  'database-url': string | undefined
  from: string | undefined
  to: string | undefined
  limit: number | undefined
  json: boolean
}

/** A review that did not replay to what is stored, and how. */
interface ReplayedReview {
  review_id: string
  writer_id: string
  seq: number
  outcome: Exclude<ReplayOutcome, { state: 'same' }>
}

interface ReplayReport {
  ok: boolean
  rows: number
  counts: Record<ReplayOutcome['state'], number>
  /** How many rows each other engine version decided. */
  engines_missing: Record<string, number>
  /** The first of those that are not the same; those of other engine versions are only counted. */
  reviews: ReplayedReview[]
  seconds: number
}

/** Reviews that are shown field by field; the rest is counted. */
const SHOWN_MAX = 100

/** Decides stored reviews again from their bytes; exit code 1 when one differs or cannot be read. */
export async function runReplay(argv: ReplayArguments): Promise<void> {
  const report = await replayAll(argv)
  if (argv.json) process.stdout.write(`${JSON.stringify(report)}\n`)
  else process.stdout.write(`${replayLines(report).map((line) => plain(line, 2_000)).join('\n')}\n`)
  process.exitCode = report.ok ? 0 : 1
}

async function replayAll(argv: ReplayArguments): Promise<ReplayReport> {
  const startedMs = performance.now()
  const from = argv.from === undefined ? new Date(0) : readInstant(argv.from, 'from')
  const to = argv.to === undefined ? FAR_FUTURE : readInstant(argv.to, 'to')
  const reader = await AuditReader.open({ url: requireDatabaseUrl(argv['database-url']) })
  const report = emptyReport()
  try {
    const policies = new Map((await reader.listPolicies()).map(({ policyHash, bytes }) => [policyHash, bytes]))
    for await (const rows of reader.readWritten({ from, to })) {
      for (const row of rows) {
        if (report.rows === argv.limit) return finished(report, startedMs)
        note(report, row, replayReview({ ...row, policyBytes: policies.get(row.policy_hash) }))
      }
    }
    return finished(report, startedMs)
  } finally {
    await reader.close()
  }
}

const FAR_FUTURE = new Date('9999-12-31T00:00:00Z')

function emptyReport(): ReplayReport {
  const counts = { same: 0, different: 0, engine_missing: 0, policy_missing: 0, unreadable: 0, respelled: 0 }
  return { ok: true, rows: 0, counts, engines_missing: {}, reviews: [], seconds: 0 }
}

function note(report: ReplayReport, row: { id: string; writer_id: string; seq: number }, outcome: ReplayOutcome): void {
  const { state } = outcome
  report.rows += 1
  report.counts[state] += 1
  if (state === 'same') return
  if (state === 'engine_missing') {
    report.engines_missing[outcome.engineVersion] = (report.engines_missing[outcome.engineVersion] ?? 0) + 1
    return
  }
  report.ok = false
  if (report.reviews.length === SHOWN_MAX) return
  report.reviews.push({ review_id: row.id, writer_id: row.writer_id, seq: row.seq, outcome })
}

function finished(report: ReplayReport, startedMs: number): ReplayReport {
  return { ...report, seconds: Math.round(performance.now() - startedMs) / 1000 }
}

function replayLines({ ok, rows, counts, engines_missing: engines, reviews, seconds }: ReplayReport): string[] {
  const others = Object.entries(engines).map(
    ([version, count]) => `engine missing: ${count} row(s) were decided by ${version}, which this build is not`,
  )
  const bad = rows - counts.same - counts.engine_missing
  return [
    ...reviews.flatMap(reviewLines),
    ...(bad > reviews.length ? [`… and ${bad - reviews.length} more`] : []),
    `${ok ? 'ok' : 'DIFFERENT'}: ${counts.same} of ${rows} reviews replay to the same bytes (${seconds.toFixed(1)} s)`,
    ...others,
  ]
}

function reviewLines({ review_id: id, writer_id: writer, seq, outcome }: ReplayedReview): string[] {
  const head = `review ${id} (writer ${writer}, row ${seq}): ${outcomeWords(outcome)}`
  if (outcome.state !== 'different') return [head]
  const fields = outcome.differences.map(
    ({ path, stored, replayed }) => `  ${path}: stored ${JSON.stringify(stored)}, replayed ${JSON.stringify(replayed)}`,
  )
  return [head, ...fields]
}

function outcomeWords(outcome: ReplayedReview['outcome']): string {
  if (outcome.state === 'different') return `${outcome.differences.length} field(s) differ`
  if (outcome.state === 'engine_missing') return `engine ${outcome.engineVersion} is missing`
  if (outcome.state === 'policy_missing') return `no policy ${outcome.policyHash} is stored`
  if (outcome.state === 'unreadable') return `its ${outcome.part} bytes cannot be read`
  return `its ${outcome.part} bytes do not parse to the same bytes`
}
