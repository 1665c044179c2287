import { join } from 'node:path'
import process from 'node:process'

import type { Argv, CommandModule } from 'yargs'

import { readInputs } from '../inputs/read-values.ts'
import { clearDenial } from '../pin/clear-denial.ts'
import { folderOptions } from './folder-options.ts'
import type { FolderArguments } from './folder-options.ts'

interface ListArguments extends FolderArguments {
  json: boolean
}

interface ClearArguments extends ListArguments {
  hash: string
  reason: string
  by: string
}

/** `manifests denylist`: the artifacts no manifest may pin. */
export const denylistCommand: CommandModule = {
  command: 'denylist',
  describe: 'List or clear the artifacts that no manifest may pin',
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(clearCommand)
      .demandCommand(1, 'Say what to do: torghut manifests denylist list or clear'),
  handler: () => undefined,
}

const listCommand: CommandModule<object, ListArguments> = {
  command: 'list',
  describe: 'Every denial there ever was, oldest first',
  builder: (yargs) => jsonOption(folderOptions(yargs)),
  handler: ({ root, json }) => {
    const { entries } = readInputs(join(root, 'config/deploy')).denylist
    const lines = entries.map(({ artifact_hash: hash, denied_at: at, denied_by: by, reason, cleared }) => {
      const state = cleared === null ? 'denied' : `cleared by ${cleared.cleared_by} at ${cleared.cleared_at}: ${cleared.reason}`
      return `${hash}  ${at}  ${by}: ${reason}  (${state})`
    })
    process.stdout.write(json ? `${JSON.stringify({ entries })}\n` : `${lines.join('\n') || 'no artifact was ever denied'}\n`)
  },
}

const clearCommand: CommandModule<object, ClearArguments> = {
  command: 'clear <hash>',
  describe: 'Let a denied artifact be pinned again; it still needs a fresh promotion',
  builder: (yargs) =>
    jsonOption(folderOptions(yargs))
      .positional('hash', { type: 'string', demandOption: true, describe: 'The artifact' })
      .option('reason', { type: 'string', demandOption: true, describe: 'Why it may be pinned again' })
      .option('by', { type: 'string', demandOption: true, describe: 'The person who answers for it' }),
  handler: ({ root, hash, reason, by, json }) => {
    const { diff, entry } = clearDenial({ root, hash, reason, by, at: new Date() })
    process.stdout.write(json ? `${JSON.stringify({ entry })}\n` : `${diff}${hash} may be pinned again\n`)
  },
}

function jsonOption<T>(yargs: Argv<T>) {
  return yargs.option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' })
}
