import { readFileSync } from 'node:fs'
import process from 'node:process'

import { readTrustedKey } from '@torghut/audit'
import type { SignedCheckpoint, TrustedKey } from '@torghut/audit'
import { z } from 'zod'

import { CliError } from '../errors.ts'

/** The database an audit reads; throws `CliError` when none is named. */
export function requireDatabaseUrl(given: string | undefined, variable = 'DATABASE_URL'): string {
  const url = given ?? process.env[variable]
  if (!url) throw new CliError(`No database is named: give --database-url or set ${variable}`)
  return url
}

/** The keys that checkpoints may be signed with: private or public PEM files. Throws `CliError`. */
export function readKeys(files: readonly string[] | undefined): TrustedKey[] {
  const fromEnvironment = process.env['TORGHUT_CHECKPOINT_KEY_FILE']
  const named = files ?? (fromEnvironment ? [fromEnvironment] : [])
  return named.map((file) => {
    try {
      return readTrustedKey(readText(file, 'the key'))
    } catch (cause) {
      if (cause instanceof CliError) throw cause
      throw new CliError(`"${file}": ${(cause as Error).message}`, { cause })
    }
  })
}

/** Checkpoints as `torghut audit checkpoints` or a bundle keeps them, a line each. Throws `CliError`. */
export function readCheckpointFile(file: string): SignedCheckpoint[] {
  const lines = readText(file, 'the checkpoints').split('\n').filter((line) => line !== '')
  return lines.map((line, index) => {
    const parsed = CheckpointLine.safeParse(parseJson(line))
    if (!parsed.success) throw new CliError(`Line ${index + 1} of "${file}" is no checkpoint`)
    const { checkpoint, signature } = parsed.data
    return { bytes: Buffer.from(checkpoint), signature: Buffer.from(signature, 'base64') }
  })
}

/** An instant of the command line. Throws `CliError`. */
export function readInstant(text: string, option: string): Date {
  const instant = new Date(text)
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
  if (isIso && !Number.isNaN(instant.getTime())) return instant
  throw new CliError(`Cannot use --${option} "${text}": write a day (2026-03-02, UTC) or an ISO time with its zone`)
}

const CheckpointLine = z.strictObject({ checkpoint: z.string().min(2), signature: z.base64() })

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CliError(`Cannot read ${what} in "${file}" (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
