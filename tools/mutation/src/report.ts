import { dirname } from 'node:path'

import { z } from 'zod'

import { MutationReportError } from './errors.ts'

/** What Stryker's JSON reporter says of one mutant; the rest of its report is not looked at. */
const Mutant = z.object({
  mutatorName: z.string(),
  status: z.enum(['Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'CompileError', 'RuntimeError', 'Pending']),
  statusReason: z.string().optional(),
  replacement: z.string().optional(),
  location: z.object({ start: z.object({ line: z.number(), column: z.number() }) }),
})
export type Mutant = z.infer<typeof Mutant>

const Report = z.object({ files: z.record(z.string(), z.object({ mutants: z.array(Mutant) })) })

export interface MutatedFile {
  path: string
  mutants: Mutant[]
}

/** Counts of a file or a folder. `score` is the share of what is not justified that was found, 0 to 1; null without any. */
export interface Tally {
  name: string
  killed: number
  survived: number
  unreached: number
  justified: number
  score: number | null
}

/** The files of a report, by path. Throws `MutationReportError`. */
export function parseReport(text: string): MutatedFile[] {
  const report = Report.safeParse(JSON.parse(text))
  if (!report.success) throw new MutationReportError(`Cannot read the report of Stryker: ${z.prettifyError(report.error)}`)
  const files = Object.entries(report.data.files).map(([path, { mutants }]) => ({ path, mutants }))
  return files.toSorted((one, other) => (one.path < other.path ? -1 : 1))
}

/** One row for each folder, in the order of the paths, without what lies in folders below it. */
export function tallyFolders(files: readonly MutatedFile[]): Tally[] {
  const folders = Map.groupBy(files, ({ path }) => dirname(path))
  return [...folders].map(([name, members]) => tally(name, members.flatMap(({ mutants }) => mutants)))
}

/** A mutant that only ran out of time was found; one that could not be judged at all counts as having survived. */
export function tally(name: string, mutants: readonly Mutant[]): Tally {
  const count = (...statuses: Mutant['status'][]) => mutants.filter(({ status }) => statuses.includes(status)).length
  const killed = count('Killed', 'Timeout')
  const survived = count('Survived', 'RuntimeError', 'CompileError', 'Pending')
  const unreached = count('NoCoverage')
  const judged = killed + survived + unreached
  return { name, killed, survived, unreached, justified: count('Ignored'), score: judged === 0 ? null : killed / judged }
}

/** The score in per cent; what is not all is never written as all. */
export function scoreText({ score }: Tally): string {
  return score === null ? 'none' : `${(Math.floor(score * 10_000) / 100).toFixed(2)} %`
}
