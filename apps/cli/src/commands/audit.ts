import type { Argv, CommandModule } from 'yargs'

import type { ArchiveArguments } from '../audit/run-archive.ts'
import type { CheckpointsArguments, ExportArguments } from '../audit/run-export.ts'
import type { ReplayArguments } from '../audit/run-replay.ts'
import type { VerifyArguments } from '../audit/run-verify.ts'
import { auditBundleCommand } from './audit-bundle.ts'

/** `torghut audit`: proves what is stored, and what is not what it was. */
export const auditCommand: CommandModule = {
  command: 'audit',
  describe: 'Verify, replay, export and archive the stored reviews',
  builder: (yargs) =>
    yargs
      .command(verifyCommand)
      .command(replayCommand)
      .command(exportCommand)
      .command(checkpointsCommand)
      .command(archiveCommand)
      .command(auditBundleCommand)
      .demandCommand(1, 'Say what to do: torghut audit verify, replay, export, checkpoints, archive or bundle'),
  handler: () => undefined,
}

const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify',
  describe: 'Find every row, checkpoint or writer that is not as it was written',
  builder: (yargs) =>
    archiveOption(keyOption(readingOptions(yargs)))
      .option('writer', { type: 'string', describe: 'Only the chain of this writer_id' })
      .option('checkpoints', { type: 'string', describe: 'Checkpoints that were kept outside the database' })
      .option('threads', { type: 'number', describe: 'Threads to hash in (default: by rows and cores)' }),
  handler: async (argv) => {
    const { runVerify } = await import('../audit/run-verify.ts')
    await runVerify(argv)
  },
}

const replayCommand: CommandModule<object, ReplayArguments> = {
  command: 'replay',
  describe: 'Decide stored reviews again, offline, and compare byte for byte',
  builder: (yargs) =>
    readingOptions(yargs)
      .option('from', { type: 'string', describe: 'Rows written from this day or time on' })
      .option('to', { type: 'string', describe: 'Rows written before this day or time' })
      .option('limit', { type: 'number', describe: 'At most this many rows' }),
  handler: async (argv) => {
    const { runReplay } = await import('../audit/run-replay.ts')
    await runReplay(argv)
  },
}

const exportCommand: CommandModule<object, ExportArguments> = {
  command: 'export',
  describe: 'Write rows and their proofs to a folder that a third party can check',
  builder: (yargs) =>
    keyOption(readingOptions(yargs))
      .option('from', { type: 'string', demandOption: true, describe: 'Rows written from this day or time on' })
      .option('to', { type: 'string', demandOption: true, describe: 'Rows written before this day or time' })
      .option('out', { type: 'string', demandOption: true, describe: 'The folder to make' }),
  handler: async (argv) => {
    const { runExport } = await import('../audit/run-export.ts')
    await runExport(argv)
  },
}

const checkpointsCommand: CommandModule<object, CheckpointsArguments> = {
  command: 'checkpoints',
  describe: 'Write all checkpoints to a file, to be kept outside the database',
  builder: (yargs) =>
    readingOptions(yargs).option('out', { type: 'string', demandOption: true, describe: 'The file to make' }),
  handler: async (argv) => {
    const { runCheckpoints } = await import('../audit/run-export.ts')
    await runCheckpoints(argv)
  },
}

const archiveCommand: CommandModule<object, ArchiveArguments> = {
  command: 'archive',
  describe: 'Move an old month to files that still verify (as the owner, DATABASE_MIGRATION_URL)',
  builder: (yargs) =>
    archiveOption(keyOption(jsonOption(yargs)))
      .option('database-url', { type: 'string', describe: 'The owner (default: DATABASE_MIGRATION_URL)' })
      .option('month', { type: 'string', demandOption: true, describe: 'YYYY-MM, in UTC' })
      .option('out', { type: 'string', demandOption: true, describe: 'The folder to make' })
      .option('min-age-days', { type: 'number', default: 30, describe: 'How long the month must be over' }),
  handler: async (argv) => {
    const { runArchive } = await import('../audit/run-archive.ts')
    await runArchive(argv)
  },
}

function jsonOption<T>(yargs: Argv<T>) {
  return yargs.option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' })
}

function readingOptions<T>(yargs: Argv<T>) {
  return jsonOption(yargs).option('database-url', { type: 'string', describe: 'The database (default: DATABASE_URL)' })
}

function keyOption<T>(yargs: Argv<T>) {
  return yargs.option('key', {
    type: 'string',
    array: true,
    describe: 'Keys of the checkpoints, public or private PEM (default: TORGHUT_CHECKPOINT_KEY_FILE)',
  })
}

function archiveOption<T>(yargs: Argv<T>) {
  return yargs.option('archive', { type: 'string', array: true, default: [] as string[], describe: 'Folders of archived months' })
}
