import { writeFileSync } from 'node:fs'
import process from 'node:process'

import { ProgramArtifact, canonicalJson, hashJson } from '@torghut/contracts'
import { exportDspyProgram, importDspyProgram } from '@torghut/programs'
import type { DspyFinding } from '@torghut/programs'

import { apiTarget } from '../api/api-client.ts'
import type { ApiTarget } from '../api/api-client.ts'
import type { ApiArguments } from '../api/api-options.ts'
import { CliError } from '../errors.ts'
import { plain } from '../terminal/plain.ts'
import { fetchArtifact, fetchPinned, saveArtifact } from './artifact-api.ts'
import { readBytes } from './verify-artifact.ts'

export interface ExportArguments extends ApiArguments {
  hash: string
  format: 'artifact' | 'dspy'
  out: string
}

export interface ImportArguments extends ApiArguments {
  file: string
  frame: string | undefined
  'dry-run': boolean
}

/** Writes a stored artifact to a new file. Refuses content that does not hash to its name. */
export async function exportArtifact(argv: ExportArguments): Promise<void> {
  const { artifact_hash: hash, content } = await fetchArtifact(apiTarget(argv), argv.hash)
  if (content === null || hashJson(content) !== hash) {
    throw new CliError(`Artifact ${hash} is not exported: its content hashes to another name`)
  }
  const text = argv.format === 'dspy' ? exportDspyProgram(readProgram(content, hash)) : canonicalJson(content)
  writeNew(argv.out, text)
  if (argv.json) process.stdout.write(`${JSON.stringify({ artifact_hash: hash, format: argv.format, file: argv.out })}\n`)
  else process.stdout.write(`${hash} written to ${plain(argv.out)}\n`)
}

/** Stores what a file holds, saying first what of it is not kept. A refused file says every reason and ends with 1. */
export async function importArtifact(argv: ImportArguments): Promise<void> {
  const target = apiTarget(argv)
  const bytes = readBytes(argv.file)
  const own = ProgramArtifact.safeParse(parse(bytes))
  const { artifact, warnings, refusals } = own.success
    ? { artifact: own.data, warnings: [], refusals: [] }
    : await readDspy(target, bytes, argv.frame)
  for (const finding of warnings) tellFinding('warning', finding)
  for (const finding of refusals) tellFinding('refused', finding)
  if (artifact === null) return tellRefusal(argv, refusals)
  const text = canonicalJson(artifact)
  const hash = argv['dry-run'] ? hashJson(artifact) : await saveArtifact(target, text)
  const said = { artifact_hash: hash, stored: !argv['dry-run'], warnings }
  if (argv.json) process.stdout.write(`${JSON.stringify(said)}\n`)
  else process.stdout.write(`${hash} ${argv['dry-run'] ? 'would be stored' : 'stored; nothing serves it yet'}\n`)
}

interface ReadFile {
  artifact: ProgramArtifact | null
  warnings: DspyFinding[]
  refusals: DspyFinding[]
}

async function readDspy(target: ApiTarget, bytes: Buffer, frameHash: string | undefined): Promise<ReadFile> {
  const hash = frameHash ?? (await fetchPinned(target))
  const frame = readProgram((await fetchArtifact(target, hash)).content, hash)
  const read = importDspyProgram(bytes, frame)
  if (!read.ok) return { artifact: null, warnings: [], refusals: read.refusals }
  return { artifact: read.artifact, warnings: read.warnings, refusals: [] }
}

function readProgram(content: unknown, hash: string): ProgramArtifact {
  const parsed = ProgramArtifact.safeParse(content)
  if (parsed.success) return parsed.data
  throw new CliError(`Artifact ${hash} has no nodes that a DSPy program could stand for`)
}

function tellRefusal(argv: ImportArguments, refusals: DspyFinding[]): void {
  if (argv.json) process.stdout.write(`${JSON.stringify({ artifact_hash: null, stored: false, refusals })}\n`)
  else process.stdout.write(`${plain(argv.file)} is not imported\n`)
  process.exitCode = 1
}

function tellFinding(word: string, { code, path, message }: DspyFinding): void {
  process.stderr.write(`${word}  ${plain(path === '' ? '(the whole file)' : path)}  ${code}  ${plain(message, 300)}\n`)
}

function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' })
  } catch (cause) {
    throw new CliError(`Cannot write "${path}" (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}
