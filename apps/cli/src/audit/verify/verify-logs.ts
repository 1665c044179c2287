import type { AuditLogName, AuditReader } from '@torghut/artifact-store'
import { LogHash } from '@torghut/audit'
import type { LogHead } from '@torghut/audit'

/** A table whose rows are not those a checkpoint saw. */
export interface LogFinding {
  table: string
  /** The first checkpoint they differ from. */
  number: number
}

/** Holds the tables beside the reviews against every checkpoint; one finding a table, since all later ones follow. */
export async function verifyLogs(
  reader: AuditReader,
  heads: readonly (LogHead & { number: number })[],
): Promise<LogFinding[]> {
  const byTable = Map.groupBy(heads, ({ table }) => table)
  const findings: LogFinding[] = []
  for (const [table, seen] of byTable) {
    const number = await firstDifference(reader, table as AuditLogName, seen)
    if (number !== null) findings.push({ table, number })
  }
  return findings
}

async function firstDifference(
  reader: AuditReader,
  table: AuditLogName,
  heads: readonly (LogHead & { number: number })[],
): Promise<number | null> {
  if (!reader.logs.includes(table)) return heads[0]?.number ?? null
  const waiting = heads.toSorted((a, b) => (a.until < b.until ? -1 : 1))
  const log = new LogHash(table)
  const differs = (before: string | null) => {
    while (waiting[0] !== undefined && (before === null || waiting[0].until < before)) {
      const head = waiting.shift()
      if (head !== undefined && (head.rows !== log.head.rows || head.hash !== log.head.hash)) return head.number
    }
    return null
  }
  for await (const row of reader.readLog(table)) {
    const number = differs(String(row['at']))
    if (number !== null) return number
    log.add(row)
  }
  return differs(null)
}
