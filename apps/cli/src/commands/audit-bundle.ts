import process from 'node:process'

import type { CommandModule } from 'yargs'

import { runGenerator } from './manifests.ts'

/** `torghut audit bundle`: written by the generator, which knows what is pinned; it gets every word as it was typed. */
export const auditBundleCommand: CommandModule = {
  command: 'bundle [words..]',
  describe: 'Write what a stage rests on as one signed file, or verify such a file offline',
  builder: (yargs) => yargs.help(false).version(false).strict(false).strictCommands(false).strictOptions(false),
  handler: async () => {
    process.exitCode = await runGenerator(process.argv.slice(process.argv.indexOf('audit') + 1))
  },
}
