import { resolve } from 'node:path'
import process from 'node:process'

import { AuditReader, archiveMonth } from '@torghut/artifact-store'
import { COMPLETE_EVERY } from '@torghut/audit'
import type { TrustedKey } from '@torghut/audit'

import { CliError } from '../errors.ts'
import { readKeys, requireDatabaseUrl } from './audit-inputs.ts'
import { scanArchive } from './bundle/scan-archive.ts'
import { writeBundle } from './bundle/write-bundle.ts'
import type { WrittenBundle } from './bundle/write-bundle.ts'
import { Attestation } from './verify/attestation.ts'
import { verifyAudit } from './verify/verify-audit.ts'

export interface ArchiveArguments {
  'database-url': string | undefined
  month: string
  out: string
  key: string[] | undefined
  archive: string[]
  'min-age-days': number
  json: boolean
}

const DAY_MS = 24 * 3600 * 1000

/**
 * Moves a month of reviews to files and takes its partition off: only when everything verifies, every row of the month
 * is attested, and the month is over for long enough. The files are read again before a row leaves the database.
 */
export async function runArchive(argv: ArchiveArguments): Promise<void> {
  const stretch = readMonth(argv)
  const databaseUrl = requireDatabaseUrl(argv['database-url'], 'DATABASE_MIGRATION_URL')
  const keys = readKeys(argv.key)
  await requireSound({ databaseUrl, keys, archives: argv.archive })
  const { manifest, manifestHash } = await writeMonth(argv, { databaseUrl, keys, stretch })
  await requireReadable(argv, { manifest, manifestHash }, keys)
  await archiveMonth({ ownerUrl: databaseUrl, month: argv.month, rowCount: manifest.rows, manifestHash })
  const answer = { month: argv.month, out: argv.out, rows: manifest.rows, manifest_hash: manifestHash }
  const lines = [
    `${manifest.rows} rows of ${argv.month} are in ${argv.out} and no longer in the database`,
    `from now on: torghut audit verify --archive ${argv.out}`,
  ]
  process.stdout.write(argv.json ? `${JSON.stringify(answer)}\n` : `${lines.join('\n')}\n`)
}

function readMonth({ month, 'min-age-days': minAgeDays }: ArchiveArguments): { from: Date; to: Date } {
  const [, year, number] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? []
  if (year === undefined || number === undefined) throw new CliError(`Cannot use --month "${month}": write YYYY-MM`)
  const from = new Date(Date.UTC(Number(year), Number(number) - 1))
  const to = new Date(Date.UTC(Number(year), Number(number)))
  if (!(minAgeDays >= 1)) throw new CliError(`Cannot use --min-age-days ${minAgeDays}: write 1 or more`)
  if (Date.now() < to.getTime() + minAgeDays * DAY_MS) {
    throw new CliError(`Cannot archive ${month}: it is not over for ${minAgeDays} days (--min-age-days)`)
  }
  return { from, to }
}

interface Source {
  databaseUrl: string
  keys: TrustedKey[]
}

async function requireSound({ databaseUrl, keys, archives }: Source & { archives: string[] }): Promise<void> {
  const report = await verifyAudit({
    databaseUrl,
    keys,
    archives,
    writerId: null,
    checkpoints: null,
    threads: null,
    onProgress: () => undefined,
  })
  if (!report.ok) throw new CliError(`Cannot archive: the audit has ${report.finding_count} finding(s); run torghut audit verify`)
  if (report.attestation.state !== 'attested') throw new CliError('Cannot archive: no checkpoint attests the rows (--key)')
}

async function writeMonth(argv: ArchiveArguments, { databaseUrl, keys, stretch }: Source & { stretch: { from: Date; to: Date } }) {
  const reader = await AuditReader.open({ url: databaseUrl })
  try {
    const attestation = new Attestation(keys)
    await attestation.readAll(reader.readCheckpoints())
    const ranges = await reader.listWritten(stretch)
    const open = ranges.find(({ writerId, toSeq }) => toSeq > attestation.attestedSeq(writerId))
    if (open !== undefined) {
      throw new CliError(`Cannot archive ${argv.month}: row ${open.toSeq} of writer ${open.writerId} is not attested yet`)
    }
    if (ranges.length === 0) throw new CliError(`Cannot archive ${argv.month}: it has no rows`)
    const fromCheckpoint = await reader.findCheckpointBefore(stretch.from, COMPLETE_EVERY)
    const options = { reader, out: resolve(argv.out), ranges, fromCheckpoint, keys, stretch, month: argv.month }
    return await writeBundle({ ...options, kind: 'archive', onlyWritten: true })
  } finally {
    await reader.close()
  }
}

/** What leaves the database has to be in the files: they are read back from the disk first. */
async function requireReadable(argv: ArchiveArguments, written: WrittenBundle, keys: TrustedKey[]): Promise<void> {
  const archive = await scanArchive(resolve(argv.out), new Attestation(keys))
  const results = [...archive.results.values()]
  const rows = results.reduce((sum, result) => sum + result.rows, 0)
  const faults = archive.findings.length + results.reduce((sum, { findingCount }) => sum + findingCount, 0)
  if (rows === written.manifest.rows && faults === 0 && archive.manifestHash === written.manifestHash) return
  throw new CliError(`Cannot archive ${argv.month}: what was written to ${argv.out} does not read back; nothing was removed`)
}
