import { readFileSync } from 'node:fs'

import { PinsFile } from '@torghut/contracts'
import { BOOTSTRAP_HASH } from '@torghut/programs'
import { parseDocument } from 'yaml'
import type { Document, Node } from 'yaml'

import { FileRefusedError } from '../errors.ts'
import { isSecretName } from './wanted.ts'

/** Far more than 1,024 targets and every name of the contract take. */
const BYTES_MAX = 4 * 1024 * 1024

/** Reads and checks a pins file. Throws `FileRefusedError` with the line that is to blame. */
export function readPins(path: string): PinsFile {
  return parsePins(path, readText(path))
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > BYTES_MAX)
      throw new FileRefusedError(path, null, `Cannot read more than ${BYTES_MAX} bytes of pins`)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    if (cause instanceof FileRefusedError) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new FileRefusedError(path, null, `Cannot read the pins (${code})`, { cause })
  }
}

/**
 * Reads pins from text. JSON is YAML, so the YAML reader knows the line of everything, and keys that come
 * twice.
 */
export function parsePins(path: string, text: string): PinsFile {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' })
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  const raw = parseJson(path, text)
  const [error] = document.errors
  if (error !== undefined)
    throw new FileRefusedError(path, lineAt(error.pos[0]), `Cannot read the pins: ${error.message}`)
  const parsed = PinsFile.safeParse(raw)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue?.path.join('.') ?? ''
    const line = lineAt(offsetOf(document, issue?.path ?? []))
    throw new FileRefusedError(
      path,
      line,
      `Cannot use these pins: ${where === '' ? '' : `${where}: `}${issue?.message ?? ''}`,
    )
  }
  for (const [name, value] of Object.entries(parsed.data.env)) {
    const problem = value === null ? null : problemOf(name, value)
    if (problem === null) continue
    throw new FileRefusedError(
      path,
      lineAt(offsetOf(document, ['env', name])),
      `Cannot pin ${name}: ${problem}`,
    )
  }
  return parsed.data
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    const position = /position (\d+)/.exec(message)?.[1]
    const line = text.slice(0, position === undefined ? text.length : Number(position)).split('\n').length
    throw new FileRefusedError(path, line, `Cannot read the pins as JSON: ${message.replace(/\s+/g, ' ')}`, {
      cause,
    })
  }
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined
    if (node?.range) return node.range[0]
  }
  return 0
}

/** What must never stand in a manifest, whoever asks for it. */
function problemOf(name: string, value: string): string | null {
  if (isSecretName(name)) return 'it is a secret, which a manifest only refers to'
  if (RELEASE_NAMES.includes(name)) return 'it follows each release and belongs to what makes releases'
  if (name === 'LLM_DSPY_ARTIFACT_HASH') return hashProblem(value)
  return null
}

const RELEASE_NAMES: readonly string[] = ['TORGHUT_VERSION', 'TORGHUT_COMMIT', 'TORGHUT_IMAGE_DIGEST']

function hashProblem(value: string): string | null {
  if (!/^[0-9a-f]{64}$/.test(value)) return 'expected 64 lower-case hex digits'
  return value === BOOTSTRAP_HASH ? 'this is the bootstrap heuristic, which was never tuned' : null
}
