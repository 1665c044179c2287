import process from 'node:process'

import type { CommandModule } from 'yargs'

import type { UpArguments } from '../stack/run-up.ts'
import { dataDirOption } from './data-dir-option.ts'

/** `torghut up`: the whole stack on one machine, until it is told to stop. */
export const upCommand: CommandModule<object, UpArguments> = {
  command: 'up',
  describe: 'Start the whole stack on this machine (embedded PostgreSQL unless DATABASE_URL is set)',
  builder: (yargs) =>
    yargs
      .option('port', {
        type: 'number',
        default: Number(process.env['PORT'] || 8080),
        describe: 'Port of the review API; 0 picks a free one',
      })
      .option('data-dir', dataDirOption)
      .option('jangar-url', {
        type: 'string',
        describe: 'A Jangar gateway; without one (and without JANGAR_BASE_URL) a simulator is started',
      })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON line when ready, nothing else' }),
  handler: async (argv) => {
    const { runUp } = await import('../stack/run-up.ts')
    await runUp(argv)
  },
}
