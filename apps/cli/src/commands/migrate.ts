import process from 'node:process'

import type { CommandModule } from 'yargs'

import { CliError } from '../errors.ts'

/** `torghut migrate`: brings a database of your own to this version, as its owner. */
export const migrateCommand: CommandModule<object, { json: boolean }> = {
  command: 'migrate',
  describe: 'Bring the database of DATABASE_MIGRATION_URL to this version (safe to run several times at once)',
  builder: (yargs) => yargs.option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' }),
  handler: async ({ json }) => {
    const ownerUrl = process.env['DATABASE_MIGRATION_URL']
    if (!ownerUrl)
      throw new CliError('DATABASE_MIGRATION_URL is not set: give the URL of the role that owns the tables')
    const { migrateOnce } = await import('../stack/database.ts')
    const { applied } = await migrateOnce(ownerUrl)
    if (json) process.stdout.write(`${JSON.stringify({ applied })}\n`)
    else process.stdout.write(applied.length === 0 ? 'nothing to do\n' : `applied ${applied.join(', ')}\n`)
  },
}
