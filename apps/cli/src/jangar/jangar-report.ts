import type { GatewayCheck } from '@torghut/jangar-transport'
import Table from 'cli-table3'

/** The check as a table: what was asked, what came back, pass or fail, and which revision it looks like. */
export function jangarReport(url: string, { revision, rows }: GatewayCheck): string {
  const table = new Table({
    head: ['asked', 'expected', 'came', ''],
    style: { head: [], border: [] },
    colWidths: [32, 34, 46, 6],
    wordWrap: true,
  })
  for (const { asked, expected, came, passed } of rows) table.push([asked, expected, came, passed ? 'ok' : 'FAIL'])
  const failed = rows.filter((row) => !row.passed).length
  const looks = revision === null ? 'like no revision we know' : `like revision ${revision}`
  const verdict = failed === 0 ? 'keeps the contract' : `breaks ${failed} of ${rows.length} clauses`
  return `${table.toString()}\n${url} ${verdict} and looks ${looks}\n`
}
