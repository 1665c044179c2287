import process from 'node:process'

import { CliError, StoppedError } from '../errors.ts'
import { startStack } from './stack.ts'
import type { Stack } from './stack.ts'
import { stopRequested } from './stop-signal.ts'
import type { StopRequest } from './stop-signal.ts'

export interface UpArguments {
  port: number
  'data-dir': string
  'jangar-url': string | undefined
  json: boolean
}

/** Starts the stack and stays until it is told to stop or loses a process; that one is a `CliError`. */
export async function runUp(argv: UpArguments): Promise<void> {
  const stop = stopRequested()
  const say = (line: string) => void (argv.json || process.stdout.write(`${line}\n`))
  try {
    await runUntilStopped(argv, stop, say)
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error
    say(`stopped before the stack was ready (${error.reason})`)
  } finally {
    stop.dispose()
  }
}

async function runUntilStopped(
  argv: UpArguments,
  stop: StopRequest,
  say: (line: string) => void,
): Promise<void> {
  const stack = await startStack({
    dataDir: argv['data-dir'],
    port: argv.port,
    jangarUrl: argv['jangar-url'] ?? null,
    environment: {},
    simulatorArgs: [],
    signal: stop.signal,
    onStep: say,
  })
  if (argv.json) process.stdout.write(`${readyLine(stack)}\n`)
  else for (const line of describe(stack, argv['data-dir'])) say(line)
  const reason = await Promise.race([
    stop.reason,
    stack.broken.then((why) => new CliError(`failed: ${why}; logs are in ${argv['data-dir']}/logs`)),
  ])
  say(`stopping (${reason instanceof CliError ? reason.message : reason}) …`)
  await stack.stop()
  if (reason instanceof CliError) throw reason
}

function readyLine(stack: Stack): string {
  return JSON.stringify({
    ready: true,
    api: stack.apiUrl,
    jangar: stack.jangarUrl,
    database: stack.databaseUrl,
    simulated: stack.simulated,
  })
}

function describe(stack: Stack, dataDir: string): string[] {
  const filledIn = Object.entries(stack.filledIn).map(([name, value]) => `  ${name}=${value}`)
  return [
    ...(filledIn.length === 0 ? [] : ['local values for names that are not set:', ...filledIn]),
    '',
    `review API   ${stack.apiUrl}`,
    `Jangar       ${stack.jangarUrl}${stack.simulated ? '   (simulated model: no language model is behind it)' : ''}`,
    `logs         ${dataDir}/logs`,
    '',
    `try          curl -s ${stack.apiUrl}/v1/reviews?limit=1`,
    'Ctrl-C stops all of it.',
  ]
}
