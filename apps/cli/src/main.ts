import process from 'node:process'

import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'

import manifest from '../package.json' with { type: 'json' }
import { auditCommand } from './commands/audit.ts'
import { artifactCommand } from './commands/artifact.ts'
import { completionCommand } from './commands/completion.ts'
import { controlsCommand } from './commands/controls.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { jangarCommand } from './commands/jangar.ts'
import { manifestsCommand } from './commands/manifests.ts'
import { migrateCommand } from './commands/migrate.ts'
import { reviewCommand } from './commands/review.ts'
import { throttleCommand } from './commands/throttle.ts'
import { denylistCommand, rolloutCommand } from './commands/rollout.ts'
import { upCommand } from './commands/up.ts'
import { ApiProblemError, CliError } from './errors.ts'
import { plain } from './terminal/plain.ts'

/**
 * Exit codes: 0 ok, 1 the answer is no, 2 usage or error (one line on stderr). A command's work is imported when it
 * runs: a help page or a completion answers at once.
 */
async function main(): Promise<void> {
  await yargs(hideBin(process.argv))
    .scriptName('torghut')
    .parserConfiguration({ 'duplicate-arguments-array': false }) // Of a repeated option the last one counts.
    .locale('en') // Our own sentences are English; half a translation helps nobody.
    .usage('$0 <command>\n\nThe review plane between a trading scheduler and a language model.')
    .command(upCommand)
    .command(demoCommand)
    .command(reviewCommand)
    .command(controlsCommand)
    .command(artifactCommand)
    .command(rolloutCommand)
    .command(denylistCommand)
    .command(throttleCommand)
    .command(auditCommand)
    .command(doctorCommand)
    .command(jangarCommand)
    .command(migrateCommand)
    .command(manifestsCommand)
    .command(completionCommand)
    .demandCommand(1, 'Say what to do: torghut --help lists the commands')
    .recommendCommands()
    .strictCommands()
    .strict()
    .wrap(Math.min(110, process.stdout.columns || 110))
    .version(manifest.version)
    .alias('help', 'h')
    .epilogue('Exit codes: 0 ok, 1 the answer is no, 2 usage or error.')
    .fail((message, error) => {
      throw error ?? new CliError(message.startsWith('Did you mean') ? `No such command. ${message}` : message)
    })
    .parseAsync()
}

/** One line for people; a refusal of the API follows path by path, and is the answer of a command with `--json`. */
function tell(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`torghut: ${plain(text.replaceAll('\n', ' '), 2_000)}\n`)
  if (error instanceof ApiProblemError) tellProblem(error)
  if (process.env['TORGHUT_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
}

function tellProblem({ problem }: ApiProblemError): void {
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(problem)}\n`)
  for (const { path, code, message } of problem.errors ?? []) {
    process.stderr.write(
      `  ${plain(path === '' ? '(the whole body)' : path)}  ${plain(code)}  ${plain(message)}\n`,
    )
  }
}

main().then(
  // Children and sockets of a finished command must not keep the terminal waiting.
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    tell(error)
    process.exit(2)
  },
)
