import Table from 'cli-table3'

import type { BenchReport } from './bench.ts'
import type { MachineFacts } from './machine.ts'
import { summarise } from './summary.ts'
import type { Spread, SummaryRow } from './summary.ts'

export interface Run {
  machine: MachineFacts
  rounds: number
  reports: readonly BenchReport[]
}

const HEADERS = ['what', 'median', 'lowest to highest round', 'ratio', 'its spread', 'to']

/** For a terminal: one table a benchmark. */
export function terminalReport({ machine, rounds, reports }: Run): string {
  const sections = reports.map((report) => {
    const table = new Table({ head: HEADERS, style: { head: [], border: [], compact: true } })
    for (const row of summarise(report.measurements)) table.push(cells(row))
    return [titleOf(report), table.toString(), ...report.notes].join('\n')
  })
  return `${[machineLine(machine, rounds), ...sections].join('\n\n')}\n`
}

/** The result page: the same figures, and how to read them. */
export function pageReport({ machine, rounds, reports }: Run): string {
  const sections = reports.map((report) =>
    [`## ${titleOf(report)}`, report.about, markdownTable(report), ...report.notes].join('\n\n'),
  )
  const head = [GENERATED_NOTE, '# Benchmarks', ...PREFACE]
  return `${[...head, machineLine(machine, rounds), ...sections].join('\n\n')}\n`
}

const GENERATED_NOTE = '<!-- Written by `npm run bench -- --write`: run it again instead of editing. -->'

const PREFACE = [
  [
    'What the review plane costs beside doing without it, measured side by side in one run. Read the ratios; the',
    'plain figures belong to one machine on one day. Each round measures every variant once, in a changing order,',
    'and a ratio compares figures of the same round. The spread over the rounds is the noise: a ratio whose spread',
    'holds 1 shows no difference. No test asserts any of this.',
  ].join('\n'),
  '`npm run bench` prints it anew, `npm run bench path` one part, `--json` every round.',
]

function titleOf({ title, simulated }: BenchReport): string {
  return simulated ? `${title} (simulated model)` : title
}

function machineLine(machine: MachineFacts, rounds: number): string {
  const { measuredOn, node, platform, cpu, cores, memoryGb, loadBefore, loadAfter } = machine
  const hardware = `${platform}, ${cores} cores (${cpu}), ${memoryGb} GB`
  const times = rounds === 1 ? '1 round' : `${rounds} rounds`
  const facts = `Measured ${measuredOn}: ${times}, Node ${node}, ${hardware}.`
  const load = `Load average ${loadBefore} before and ${loadAfter} after.`
  return [facts, Math.max(loadBefore, loadAfter) > cores ? `${load} ${BUSY}` : load].join('\n')
}

/** The benchmark itself keeps a small machine busy, so this may stand there on an idle one, too. */
const BUSY = 'That is more work than there are cores: times are long, and tails longer.'

function markdownTable({ measurements }: BenchReport): string {
  const rows = [HEADERS, HEADERS.map(() => '---'), ...summarise(measurements).map(cells)]
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function cells({ what, unit, value, ratio }: SummaryRow): string[] {
  const compared = ratio === null ? ['', '', ''] : [figure(ratio.median), inRange(ratio), ratio.to]
  return [what, `${figure(value.median)} ${unit}`, inRange(value), ...compared]
}

function inRange({ lowest, highest }: Spread): string {
  return `${figure(lowest)} to ${figure(highest)}`
}

/** Three digits that count: more would be noise written out. */
function figure(value: number): string {
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3)))
}
