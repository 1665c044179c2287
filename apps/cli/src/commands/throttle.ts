import type { CommandModule } from 'yargs'

import { apiOptions } from '../api/api-options.ts'
import type { ApiArguments } from '../api/api-options.ts'
import type { ChangeArguments } from '../controls/run-controls.ts'

/** `torghut throttle`: strategies that repeated themselves too often, disabled until a person re-enables them. */
export const throttleCommand: CommandModule = {
  command: 'throttle',
  describe: 'List or clear the throttles of strategies that repeated themselves',
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(clearCommand)
      .demandCommand(1, 'Say what to do: torghut throttle list or clear'),
  handler: () => undefined,
}

const listCommand: CommandModule<object, ApiArguments> = {
  command: 'list',
  describe: 'Every throttle that is closed, since when and why',
  builder: (yargs) => apiOptions(yargs),
  handler: async (argv) => {
    const { showThrottles } = await import('../controls/run-controls.ts')
    await showThrottles(argv)
  },
}

const clearCommand: CommandModule<object, Omit<ChangeArguments, 'name'>> = {
  command: 'clear',
  describe: 'Let a strategy trade a symbol again; its scheduler has to count its repeats anew',
  builder: (yargs) =>
    apiOptions(yargs)
      .option('symbol', { type: 'string', demandOption: true, describe: 'The symbol it repeated itself on' })
      .option('strategy', { type: 'string', demandOption: true, describe: 'The strategy id' })
      .option('reason', { type: 'string', demandOption: true, describe: 'Why, for those who read the audit' }),
  handler: async (argv) => {
    const { changeControl } = await import('../controls/run-controls.ts')
    await changeControl({ ...argv, name: 'throttle' }, false)
  },
}
