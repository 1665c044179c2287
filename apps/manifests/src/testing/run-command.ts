import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

import { vi } from 'vitest'
import yargs from 'yargs'
import type { CommandModule } from 'yargs'

import { bundleCommand } from '../commands/bundle.ts'
import { checkCommand } from '../commands/check.ts'
import { convergeCommand } from '../commands/converge.ts'
import { denylistCommand } from '../commands/denylist.ts'
import { generateCommand } from '../commands/generate.ts'
import { pinCommand } from '../commands/pin.ts'
import { rollbackCommand } from '../commands/rollback.ts'
import { smokeCommand } from '../commands/smoke.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

const COMMANDS = [bundleCommand, checkCommand, convergeCommand, denylistCommand, generateCommand, pinCommand, rollbackCommand, smokeCommand]

/** How a run of the generator ended. */
export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/**
 * Runs `manifests …` in this process, which saves the seconds its libraries take to load; `root` is a copy of the
 * repository, or null for a command that has none. One at a time: it listens to the streams of the process.
 */
export async function runManifests(root: string | null, ...words: string[]): Promise<Ended> {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const textOf = (spy: typeof stdout) => spy.mock.calls.map(([piece]) => String(piece)).join('')
  process.exitCode = 0
  try {
    await parse(root === null ? words : [...words, '--root', root])
    return { code: Number(process.exitCode), stdout: textOf(stdout), stderr: textOf(stderr) }
  } catch (error) {
    return { code: 2, stdout: textOf(stdout), stderr: `${textOf(stderr)}torghut: ${(error as Error).message}\n` }
  } finally {
    process.exitCode = 0
    stdout.mockRestore()
    stderr.mockRestore()
  }
}

async function parse(words: readonly string[]): Promise<void> {
  const parser = yargs([...words]).parserConfiguration({ 'duplicate-arguments-array': false }).exitProcess(false).strict()
  const commands = COMMANDS as CommandModule[]
  for (const command of commands) parser.command(command)
  await parser
    .fail((message, error) => {
      throw error ?? new Error(message)
    })
    .parseAsync()
}

/** Runs the generator as a process of its own, for at most a minute. */
export function runProcess(...words: string[]): Promise<Ended> {
  const options = { env: { PATH: process.env['PATH'] ?? '' }, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 }
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr })
    })
  })
}
