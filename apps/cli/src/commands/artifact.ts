import type { CommandModule } from 'yargs'

import { apiOptions } from '../api/api-options.ts'
import type { ApiArguments } from '../api/api-options.ts'
import type { ExportArguments, ImportArguments } from '../artifact/dspy-files.ts'
import type { ShowArguments } from '../artifact/show-artifact.ts'
import type { VerifyArguments } from '../artifact/verify-artifact.ts'

/** `torghut artifact`: the programs a running API knows, and files of them. */
export const artifactCommand: CommandModule = {
  command: 'artifact',
  describe: 'List, show, verify, export or import programs',
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(showCommand)
      .command(verifyCommand)
      .command(exportCommand)
      .command(importCommand)
      .demandCommand(1, 'Say what to do: torghut artifact list, show, verify, export or import'),
  handler: () => undefined,
}

const listCommand: CommandModule<object, ApiArguments> = {
  command: 'list',
  describe: 'Every stored artifact, newest first',
  builder: (yargs) => apiOptions(yargs),
  handler: async (argv) => {
    const { listArtifacts } = await import('../artifact/show-artifact.ts')
    await listArtifacts(argv)
  },
}

const showCommand: CommandModule<object, ShowArguments> = {
  command: 'show [hash]',
  describe: 'What is in an artifact, or what the model was sent for a stored review',
  builder: (yargs) =>
    apiOptions(yargs)
      .positional('hash', { type: 'string', describe: 'The artifact; with --render by default the one that served' })
      .option('render', {
        type: 'string',
        describe: 'Print the exact messages of each node for the review of this decision (or review) id',
      }),
  handler: async (argv) => {
    const { showArtifact } = await import('../artifact/show-artifact.ts')
    await showArtifact(argv)
  },
}

const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify [hash]',
  describe: 'Check that bytes hash to their name and that the program may serve',
  builder: (yargs) =>
    apiOptions(yargs)
      .positional('hash', { type: 'string', describe: 'A stored artifact, or the name a file should hash to' })
      .option('file', { type: 'string', describe: 'An artifact in a file, checked without an API' })
      .epilogue('Exit codes: 0 it may serve, 1 it may not, 2 usage or error.'),
  handler: async (argv) => {
    const { verifyStoredOrFile } = await import('../artifact/verify-artifact.ts')
    await verifyStoredOrFile(argv)
  },
}

const exportCommand: CommandModule<object, ExportArguments> = {
  command: 'export <hash>',
  describe: 'Write an artifact to a file: as it is hashed, or as a program saved by DSPy',
  builder: (yargs) =>
    apiOptions(yargs)
      .positional('hash', { type: 'string', demandOption: true, describe: 'The artifact' })
      .option('format', { choices: ['artifact', 'dspy'] as const, default: 'artifact' as const, describe: 'Form of the file' })
      .option('out', { type: 'string', demandOption: true, describe: 'The file; must not exist' }),
  handler: async (argv) => {
    const { exportArtifact } = await import('../artifact/dspy-files.ts')
    await exportArtifact(argv)
  },
}

const importCommand: CommandModule<object, ImportArguments> = {
  command: 'import',
  describe: 'Store an artifact from a file: our own form, or a program saved by DSPy',
  builder: (yargs) =>
    apiOptions(yargs)
      .option('file', { type: 'string', demandOption: true, describe: 'The file (JSON)' })
      .option('frame', {
        type: 'string',
        describe: 'Hash of the artifact that a DSPy program is laid over; by default the one that serves',
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Say what would be stored and store nothing' })
      .epilogue('Importing serves nothing: torghut rollout start gives it decisions.'),
  handler: async (argv) => {
    const { importArtifact } = await import('../artifact/dspy-files.ts')
    await importArtifact(argv)
  },
}
