import process from 'node:process'

import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'

import { demoCommand } from './commands/demo.ts'
import { migrateCommand } from './commands/migrate.ts'
import { upCommand } from './commands/up.ts'
import { CliError } from './errors.ts'

/** Exit codes: 0 ok, 1 the answer is no, 2 usage or error (one line on stderr). */
async function main(): Promise<void> {
  await yargs(hideBin(process.argv))
    .scriptName('torghut')
    .usage('$0 <command>\n\nThe review plane between a trading scheduler and a language model.')
    .command(upCommand)
    .command(demoCommand)
    .command(migrateCommand)
    .demandCommand(1, 'Say what to do: torghut --help lists the commands')
    .strict()
    .wrap(Math.min(110, process.stdout.columns || 110))
    .version('0.1.0')
    .alias('help', 'h')
    .epilogue('Exit codes: 0 ok, 1 the answer is no, 2 usage or error.')
    .fail((message, error) => {
      throw error ?? new CliError(message)
    })
    .parseAsync()
}

main().then(
  // Children and sockets of a finished command must not keep the terminal waiting.
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error)
    process.stderr.write(`torghut: ${text.replaceAll('\n', ' ')}\n`)
    if (process.env['TORGHUT_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
    process.exit(2)
  },
)
