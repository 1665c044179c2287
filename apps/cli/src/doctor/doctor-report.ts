import Table from 'cli-table3'

import type { Finding } from './finding.ts'

/** The findings as a table, and how many are to mend. */
export function doctorReport(findings: Finding[], healthy: boolean): string {
  const table = new Table({
    head: ['', 'what', 'found', 'what to do'],
    style: { head: [], border: [] },
    colWidths: [7, 20, 52, 42],
    wordWrap: true,
  })
  for (const { state, check, found, advice } of findings) table.push([state, check, found, advice ?? ''])
  const wrongs = findings.filter(({ state }) => state === 'wrong').length
  return `${table.toString()}\n${healthy ? 'nothing is wrong' : `${wrongs} to mend`}\n`
}
