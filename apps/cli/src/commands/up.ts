import process from 'node:process'

import type { CommandModule } from 'yargs'

import { startStack } from '../stack/stack.ts'
import type { Stack } from '../stack/stack.ts'
import { stopRequested } from '../stack/stop-signal.ts'

interface UpArguments {
  port: number
  'data-dir': string
  'jangar-url': string | undefined
  json: boolean
}

/** `torghut up`: the whole stack on one machine, until it is told to stop. */
export const upCommand: CommandModule<object, UpArguments> = {
  command: 'up',
  describe: 'Start the whole stack on this machine (embedded PostgreSQL unless DATABASE_URL is set)',
  builder: (yargs) =>
    yargs
      .option('port', { type: 'number', default: Number(process.env['PORT'] || 8080), describe: 'Port of the review API; 0 picks a free one' })
      .option('data-dir', { type: 'string', default: process.env['TORGHUT_DATA_DIR'] || './.torghut', describe: 'Where the database and logs live' })
      .option('jangar-url', { type: 'string', describe: 'A Jangar gateway; without one (and without JANGAR_BASE_URL) a simulator is started' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON line when ready, nothing else' }),
  handler: async (argv) => {
    const stop = stopRequested()
    const say = (line: string) => void (argv.json || process.stdout.write(`${line}\n`))
    const stack = await startStack({
      dataDir: argv['data-dir'],
      port: argv.port,
      jangarUrl: argv['jangar-url'] ?? null,
      environment: {},
      simulatorArgs: [],
      onStep: (step) => say(`starting ${step} …`),
    })
    if (argv.json) process.stdout.write(`${readyLine(stack)}\n`)
    else for (const line of describe(stack, argv['data-dir'])) say(line)
    const reason = await Promise.race([stop.reason, stack.broken.then((why) => `failed: ${why}`)])
    say(`stopping (${reason}) …`)
    await stack.stop()
    stop.dispose()
    if (reason.startsWith('failed: ')) {
      process.stderr.write(`torghut: ${reason}; its log is in ${argv['data-dir']}/logs\n`)
      process.exitCode = 2
    }
  },
}

function readyLine(stack: Stack): string {
  return JSON.stringify({ ready: true, api: stack.apiUrl, jangar: stack.jangarUrl, database: stack.databaseUrl, simulated: stack.simulated })
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
