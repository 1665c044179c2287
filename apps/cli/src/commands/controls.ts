import type { ControlName } from '@torghut/contracts'
import type { Argv, CommandModule } from 'yargs'

import { apiOptions } from '../api/api-options.ts'
import type { ApiArguments } from '../api/api-options.ts'
import type { ChangeArguments } from '../controls/run-controls.ts'

/** The contract's names, spelled out: reading them from it would load the whole contract for a help page. */
export const CONTROL_NAMES = [
  'force_deterministic',
  'halt_new_risk',
  'pause_promotions',
  'force_defensive_router',
  'throttle',
] as const satisfies readonly ControlName[]

/** `torghut controls`: the hard switches of a running API, in effect in every replica within two seconds. */
export const controlsCommand: CommandModule = {
  command: 'controls',
  describe: 'List, set or clear the hard switches (halt new risk, no model, …)',
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(setCommand)
      .command(clearCommand)
      .demandCommand(1, 'Say what to do: torghut controls list, set or clear'),
  handler: () => undefined,
}

const listCommand: CommandModule<object, ApiArguments> = {
  command: 'list',
  describe: 'Every switch as it stands, who set it and why',
  builder: (yargs) => apiOptions(yargs),
  handler: async (argv) => {
    const { showControls } = await import('../controls/run-controls.ts')
    await showControls(argv)
  },
}

const setCommand: CommandModule<object, ChangeArguments> = {
  command: 'set <name>',
  describe: 'Set a switch, for everything or for one symbol or strategy',
  builder: (yargs) =>
    changeOptions(yargs).option('expires', {
      type: 'string',
      describe: 'When it ends by itself: 30m, 2h, 1d or an ISO time (UTC)',
    }),
  handler: (argv) => change(argv, true),
}

const clearCommand: CommandModule<object, ChangeArguments> = {
  command: 'clear <name>',
  describe: 'Clear a switch that was set with the same scope',
  builder: (yargs) => changeOptions(yargs),
  handler: (argv) => change(argv, false),
}

function changeOptions(yargs: Argv<object>) {
  return apiOptions(yargs)
    .positional('name', { choices: CONTROL_NAMES, demandOption: true, describe: 'The switch' })
    .option('symbol', { type: 'string', describe: 'Only for this symbol' })
    .option('strategy', { type: 'string', describe: 'Only for this strategy id' })
    .option('reason', { type: 'string', demandOption: true, describe: 'Why, for those who read the audit' })
}

async function change(argv: ChangeArguments, value: boolean): Promise<void> {
  const { changeControl } = await import('../controls/run-controls.ts')
  await changeControl(argv, value)
}
