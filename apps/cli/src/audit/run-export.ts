import { resolve } from 'node:path'
import process from 'node:process'

import { AuditReader } from '@torghut/artifact-store'
import type { ChainRange } from '@torghut/artifact-store'
import { COMPLETE_EVERY } from '@torghut/audit'

import { CliError } from '../errors.ts'
import { readInstant, readKeys, requireDatabaseUrl } from './audit-inputs.ts'
import { checkpointLines, writeBundle } from './bundle/write-bundle.ts'
import { writeLines } from './bundle/hashed-file.ts'
import { Attestation } from './verify/attestation.ts'

export interface ExportArguments {
  'database-url': string | undefined
  from: string
  to: string
  out: string
  key: string[] | undefined
  json: boolean
}

export interface CheckpointsArguments {
  'database-url': string | undefined
  out: string
  json: boolean
}

/** Writes the rows of a stretch of time, and what proves them, to a folder that needs nothing of ours. */
export async function runExport(argv: ExportArguments): Promise<void> {
  const stretch = { from: readInstant(argv.from, 'from'), to: readInstant(argv.to, 'to') }
  if (stretch.from >= stretch.to) throw new CliError('Cannot export: --from must be before --to')
  const keys = readKeys(argv.key)
  const reader = await AuditReader.open({ url: requireDatabaseUrl(argv['database-url']) })
  try {
    const attestation = new Attestation(keys)
    await attestation.readAll(reader.readCheckpoints())
    const ranges = (await reader.listWritten(stretch)).map((range) => upToCheckpoint(range, attestation))
    const fromCheckpoint = await reader.findCheckpointBefore(stretch.from, COMPLETE_EVERY)
    const options = { reader, out: resolve(argv.out), ranges, fromCheckpoint, keys, stretch }
    const { manifest, manifestHash } = await writeBundle({ ...options, kind: 'export', month: null, onlyWritten: false })
    tell(argv.json, { out: argv.out, rows: manifest.rows, manifest_hash: manifestHash, signed: keys.length > 0 }, [
      `${manifest.rows} rows in ${argv.out}; manifest.json has SHA-256 ${manifestHash}`,
      ...(keys.length === 0 ? ['no key was given (--key): the bundle holds none, so its checkpoints prove nothing'] : []),
      `check it: node ${argv.out}/verify.mjs`,
    ])
  } finally {
    await reader.close()
  }
}

/** Writes every checkpoint to a file, to be kept where whoever owns the database does not get at it. */
export async function runCheckpoints(argv: CheckpointsArguments): Promise<void> {
  const reader = await AuditReader.open({ url: requireDatabaseUrl(argv['database-url']) })
  const counter = { checkpoints: 0 }
  try {
    const hash = await writeLines(resolve(argv.out), counted(checkpointLines(reader, 1), counter)).catch((cause: unknown) => {
      const { code } = cause as NodeJS.ErrnoException
      throw code === undefined ? cause : new CliError(`Cannot write "${argv.out}" (${code})`, { cause })
    })
    tell(argv.json, { out: argv.out, ...counter, sha256: hash }, [`${counter.checkpoints} checkpoint(s) in ${argv.out}`])
  } finally {
    await reader.close()
  }
}

/** The range up to the first place behind it that a checkpoint names, so that the hashes lead there. */
function upToCheckpoint(range: ChainRange, attestation: Attestation): ChainRange {
  const places = attestation.points(range.writerId, range.toSeq, Infinity).map(({ seq }) => seq)
  return places.length === 0 ? range : { ...range, toSeq: Math.min(...places) }
}

async function* counted(lines: AsyncIterable<string>, counter: { checkpoints: number }): AsyncGenerator<string> {
  for await (const line of lines) {
    counter.checkpoints += 1
    yield line
  }
}

function tell(json: boolean, answer: object, lines: string[]): void {
  process.stdout.write(json ? `${JSON.stringify(answer)}\n` : `${lines.join('\n')}\n`)
}
