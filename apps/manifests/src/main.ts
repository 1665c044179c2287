import process from 'node:process'

import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'

import manifest from '../package.json' with { type: 'json' }
import { convergeCommand } from './commands/converge.ts'
import { lazyCommand } from './commands/lazy-command.ts'
import { ManifestsError } from './errors.ts'

const generateCommand = lazyCommand(
  'generate',
  'Write argocd/applications from the environment contract, config/deploy and the pins',
  async () => (await import('./commands/generate.ts')).generateCommand,
)
const checkCommand = lazyCommand(
  'check',
  'Compare what is generated, committed, live, running and promoted',
  async () => (await import('./commands/check.ts')).checkCommand,
)
const pinCommand = lazyCommand(
  'pin [hash]',
  'Pin a promoted artifact, proved by its promotion bundle',
  async () => (await import('./commands/pin.ts')).pinCommand,
)
const rollbackCommand = lazyCommand(
  'rollback <hash>',
  'Take the pinned artifact back, deny it, and pin what was promoted before',
  async () => (await import('./commands/rollback.ts')).rollbackCommand,
)
const denylistCommand = lazyCommand(
  'denylist',
  'List or clear the artifacts that no manifest may pin',
  async () => (await import('./commands/denylist.ts')).denylistCommand,
)
const smokeCommand = lazyCommand(
  'smoke',
  'Ask a running review API whether it is well with what is pinned',
  async () => (await import('./commands/smoke.ts')).smokeCommand,
)
const bundleCommand = lazyCommand(
  'bundle',
  'Write what a stage rests on as one signed file, or verify such a file offline',
  async () => (await import('./commands/bundle.ts')).bundleCommand,
)

/** Exit codes: 0 done or converged, 1 drift, 2 usage or error (one line on stderr, nothing written). */
async function main(): Promise<void> {
  await yargs(hideBin(process.argv))
    .scriptName('torghut manifests')
    .parserConfiguration({ 'duplicate-arguments-array': false }) // Of a repeated option the last one counts.
    .locale('en') // Our own sentences are English; half a translation helps nobody.
    .usage('$0 <command>\n\nWrites, compares and converges what the cluster is told to run.')
    .command(generateCommand)
    .command(checkCommand)
    .command(convergeCommand)
    .command(pinCommand)
    .command(rollbackCommand)
    .command(denylistCommand)
    .command(smokeCommand)
    .command(bundleCommand)
    .demandCommand(1, 'Say what to do: torghut manifests --help lists the commands')
    .recommendCommands()
    .strictCommands()
    .strict()
    .wrap(Math.min(110, process.stdout.columns || 110))
    .version(manifest.version)
    .alias('help', 'h')
    .epilogue('Exit codes: 0 done or converged, 1 drift, 2 usage or error.')
    .fail((message, error) => {
      throw error ?? new ManifestsError(message.startsWith('Did you mean') ? `No such command. ${message}` : message)
    })
    .parseAsync()
}

function tell(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`torghut: ${text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')}\n`)
  if (process.env['TORGHUT_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
}

main().catch((error: unknown) => {
  tell(error)
  process.exitCode = 2
})
