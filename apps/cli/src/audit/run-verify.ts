import process from 'node:process'

import { CliError } from '../errors.ts'
import { plain } from '../terminal/plain.ts'
import { readCheckpointFile, readKeys, requireDatabaseUrl } from './audit-inputs.ts'
import { reportLines } from './verify/audit-report.ts'
import { verifyAudit } from './verify/verify-audit.ts'

export interface VerifyArguments {
  'database-url': string | undefined
  writer: string | undefined
  key: string[] | undefined
  checkpoints: string | undefined
  archive: string[]
  threads: number | undefined
  json: boolean
}

/** Rows between two words about the progress, for people who wait. */
const TELL_EVERY_ROWS = 100_000

/** Verifies everything and says what was found; exit code 1 when anything is not as it was written. */
export async function runVerify(argv: VerifyArguments): Promise<void> {
  let told = 0
  const report = await verifyAudit({
    databaseUrl: requireDatabaseUrl(argv['database-url']),
    writerId: readWriter(argv.writer),
    keys: readKeys(argv.key),
    checkpoints: argv.checkpoints === undefined ? null : readCheckpointFile(argv.checkpoints),
    archives: argv.archive,
    threads: readThreads(argv.threads),
    onProgress: (rows) => {
      if (argv.json || rows - told < TELL_EVERY_ROWS) return
      told = rows
      process.stderr.write(`${rows} rows …\n`)
    },
  })
  if (argv.json) process.stdout.write(`${JSON.stringify(report)}\n`)
  else process.stdout.write(`${reportLines(report).map((line) => plain(line, 500)).join('\n')}\n`)
  process.exitCode = report.ok ? 0 : 1
}

function readWriter(text: string | undefined): string | null {
  if (text === undefined) return null
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase()
  throw new CliError(`Cannot use --writer "${text}": write the writer_id of a receipt`)
}

function readThreads(count: number | undefined): number | null {
  if (count === undefined) return null
  if (Number.isInteger(count) && count >= 0 && count <= 64) return count
  throw new CliError(`Cannot use --threads ${count}: write a whole number from 0 to 64`)
}
