import { PAIRS } from '../comparison.ts'
import type { Comparison } from '../comparison.ts'

/** One line a pair, then what differs in each, with its diff. */
export function humanReport(comparisons: readonly Comparison[]): string {
  const drifted = comparisons.filter(({ findings }) => findings.length > 0)
  const details = drifted.flatMap(({ pair, findings }) =>
    findings.flatMap(({ message, diff }) => [
      '',
      `${PAIRS[pair]}: ${message}`,
      ...(diff === null ? [] : [diff.trimEnd()]),
    ]),
  )
  const verdict =
    drifted.length === 0 ? 'converged' : `drift: ${drifted.map(({ pair }) => PAIRS[pair]).join(', ')}`
  return [...comparisons.flatMap(pairLines), ...details, '', verdict, ''].join('\n')
}

function pairLines({ pair, notCompared, findings, notes }: Comparison): string[] {
  const state =
    notCompared !== null ? `not compared (${notCompared})` : findings.length === 0 ? 'equal' : 'UNEQUAL'
  return [`${PAIRS[pair].padEnd(22)} ${state}`, ...notes.map((note) => `  note: ${note}`)]
}
