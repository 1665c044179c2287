import { readFileSync } from 'node:fs'
import process from 'node:process'

import { ProgramArtifact, hashJson, sha256Hex } from '@torghut/contracts'
import { verifyArtifact } from '@torghut/programs'

import { apiTarget } from '../api/api-client.ts'
import type { ApiArguments } from '../api/api-options.ts'
import { CliError } from '../errors.ts'
import { plain } from '../terminal/plain.ts'
import { fetchArtifact } from './artifact-api.ts'

export interface VerifyArguments extends ApiArguments {
  hash: string | undefined
  file: string | undefined
}

interface Finding {
  artifact_hash: string
  ok: boolean
  code: string | null
  detail: string
}

/** Says whether an artifact is what its name says and may serve; exit code 1 when not. */
export async function verifyStoredOrFile(argv: VerifyArguments): Promise<void> {
  const finding = argv.file === undefined ? await verifyStored(argv) : verifyFile(argv.file, argv.hash)
  const words = finding.ok ? finding.detail : `${finding.code}: ${finding.detail}`
  process.stdout.write(argv.json ? `${JSON.stringify(finding)}\n` : `${finding.artifact_hash}  ${plain(words)}\n`)
  process.exitCode = finding.ok ? 0 : 1
}

/** The API's word, and beside it our own: the content it shows is hashed here once more. */
async function verifyStored(argv: VerifyArguments): Promise<Finding> {
  if (argv.hash === undefined) throw new CliError('Name an artifact by its hash, or a file with --file')
  const { artifact_hash: hash, content, verification } = await fetchArtifact(apiTarget(argv), argv.hash)
  if (content === null || hashJson(content) !== hash) {
    return { artifact_hash: hash, ok: false, code: 'dspy_artifact_hash_mismatch', detail: 'The content hashes to another name' }
  }
  if (!verification.ok) return { artifact_hash: hash, ok: false, code: verification.code, detail: verification.detail }
  return { artifact_hash: hash, ok: true, code: null, detail: `may serve as ${verification.kind} for ${verification.stage}` }
}

/** A file speaks for itself: program, signature and model are those it names, in paper. */
function verifyFile(path: string, expected: string | undefined): Finding {
  const bytes = readBytes(path)
  const hash = expected ?? sha256Hex(bytes)
  const named = ProgramArtifact.safeParse(parse(bytes))
  const wanted = named.success ? named.data : null
  const verified = verifyArtifact(bytes, hash, {
    programName: wanted?.program_name ?? 'trade-review-committee-v1',
    signatureVersion: wanted?.signature_version ?? 'v1',
    model: wanted?.model.name ?? '',
    tradingMode: 'paper',
  })
  if (verified.ok) return { artifact_hash: hash, ok: true, code: null, detail: `may serve in paper as ${verified.artifact.kind}` }
  return { artifact_hash: hash, ok: false, code: verified.code, detail: verified.detail }
}

/** Throws `CliError` for a file that cannot be read. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new CliError(`Cannot read "${path}" (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}
