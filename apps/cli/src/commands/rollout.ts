import type { CommandModule } from 'yargs'

import { apiOptions } from '../api/api-options.ts'
import type { ApiArguments } from '../api/api-options.ts'
import type { DenialArguments, MoveArguments, StartArguments } from '../rollout/run-rollout.ts'

/** `torghut rollout`: which share of the decisions a candidate gets. */
export const rolloutCommand: CommandModule = {
  command: 'rollout',
  describe: 'Give another program a share of the decisions, widen it, take it back',
  builder: (yargs) =>
    yargs
      .command(statusCommand)
      .command(startCommand)
      .command(moveCommand('pause', 'Keep the share as it is'))
      .command(moveCommand('resume', 'Let a paused rollout go on'))
      .command(moveCommand('advance', 'Widen by one step: shadow, 10, 25, 50, 75, 100 percent'))
      .command(moveCommand('abort', 'End it without blame; the pinned program serves everything'))
      .command(moveCommand('rollback', 'End it and deny the candidate until a person clears it'))
      .demandCommand(1, 'Say what to do: torghut rollout status, start, pause, resume, advance, abort or rollback'),
  handler: () => undefined,
}

/** `torghut denylist`: the programs that are never served. */
export const denylistCommand: CommandModule = {
  command: 'denylist',
  describe: 'List or clear the programs that are never served',
  builder: (yargs) =>
    yargs
      .command(denylistListCommand)
      .command(denialCommand('add', true, 'Never serve an artifact, also where it is pinned'))
      .command(denialCommand('clear', false, 'Let a denied artifact be rolled out again'))
      .demandCommand(1, 'Say what to do: torghut denylist list, add or clear'),
  handler: () => undefined,
}

const statusCommand: CommandModule<object, ApiArguments> = {
  command: 'status',
  describe: 'Where the newest rollout stands and how it came there',
  builder: (yargs) => apiOptions(yargs),
  handler: async (argv) => {
    const { showRollout } = await import('../rollout/run-rollout.ts')
    await showRollout(argv)
  },
}

const startCommand: CommandModule<object, StartArguments> = {
  command: 'start <hash>',
  describe: 'Begin in shadow, without traffic, beside the pinned program',
  builder: (yargs) =>
    apiOptions(yargs)
      .positional('hash', { type: 'string', demandOption: true, describe: 'The candidate' })
      .option('target', { type: 'string', describe: 'What it is rolled out for; by default the narrowest of the mode' })
      .option('reason', { type: 'string', demandOption: true, describe: 'Why, for those who read the audit' }),
  handler: async (argv) => {
    const { startRollout } = await import('../rollout/run-rollout.ts')
    await startRollout(argv)
  },
}

function moveCommand(move: string, describe: string): CommandModule<object, MoveArguments> {
  return {
    command: move,
    describe,
    builder: (yargs) =>
      apiOptions(yargs).option('reason', {
        type: 'string',
        demandOption: true,
        describe: 'Why, for those who read the audit',
      }),
    handler: async (argv) => {
      const { moveRollout } = await import('../rollout/run-rollout.ts')
      await moveRollout(argv, move)
    },
  }
}

const denylistListCommand: CommandModule<object, ApiArguments> = {
  command: 'list',
  describe: 'Every denial there ever was, newest first',
  builder: (yargs) => apiOptions(yargs),
  handler: async (argv) => {
    const { showDenylist } = await import('../rollout/run-rollout.ts')
    await showDenylist(argv)
  },
}

function denialCommand(name: string, denied: boolean, describe: string): CommandModule<object, DenialArguments> {
  return {
    command: `${name} <hash>`,
    describe,
    builder: (yargs) =>
      apiOptions(yargs)
        .positional('hash', { type: 'string', demandOption: true, describe: 'The artifact' })
        .option('reason', { type: 'string', demandOption: true, describe: 'Why, for those who read the audit' }),
    handler: async (argv) => {
      const { changeDenial } = await import('../rollout/run-rollout.ts')
      await changeDenial(argv, denied)
    },
  }
}
