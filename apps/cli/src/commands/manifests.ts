import { spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

import { packagedNodePath } from '@torghut/local-stack'
import type { CommandModule } from 'yargs'

import { CliError } from '../errors.ts'

const GENERATOR = fileURLToPath(new URL('../../../manifests/src/main.ts', import.meta.url))

/** Exit codes of a process that a signal ended, as a shell reports them. */
const SIGNAL_CODES: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/** `torghut manifests …`: the generator is an app of its own and gets every word as it was typed, `--help` included. */
export const manifestsCommand: CommandModule = {
  command: 'manifests [words..]',
  describe: 'Generate, check, converge, pin and roll back what the cluster is told to run',
  builder: (yargs) =>
    yargs.help(false).version(false).strict(false).strictCommands(false).strictOptions(false),
  handler: async () => {
    process.exitCode = await runGenerator(process.argv.slice(process.argv.indexOf('manifests') + 1))
  },
}

/** Runs it on our own terminal and resolves with its exit code. Signals reach it through us as well as by itself. */
export async function runGenerator(words: readonly string[]): Promise<number> {
  const child = spawn(packagedNodePath(), [GENERATOR, ...words], { stdio: 'inherit' })
  const pass = (signal: NodeJS.Signals) => void child.kill(signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, pass)
  const ended = Promise.withResolvers<number>()
  child.on('error', (error) =>
    ended.reject(new CliError(`The manifest generator did not start: ${error.message}`)),
  )
  child.on('exit', (code, signal) => ended.resolve(code ?? SIGNAL_CODES[signal ?? ''] ?? 1))
  return ended.promise.finally(() => signals.forEach((signal) => process.off(signal, pass)))
}
