import { Stage } from '@torghut/contracts'
import type { CommandModule } from 'yargs'

import { runBundle } from '../bundle/run-bundle.ts'
import { folderOptions } from './folder-options.ts'
import type { FolderArguments } from './folder-options.ts'

interface BundleArguments extends FolderArguments {
  stage: Stage | undefined
  key: string | undefined
  metrics: string | undefined
  approvers: string | undefined
  out: string | undefined
  verify: string | undefined
  json: boolean
}

/** `manifests bundle`, better known as `torghut audit bundle`: what a stage rests on, signed. */
export const bundleCommand: CommandModule<object, BundleArguments> = {
  command: 'bundle',
  describe: 'Write what a stage rests on as one signed file, or verify such a file offline',
  builder: (yargs) =>
    folderOptions(yargs)
      .option('stage', { choices: Stage.options, describe: 'The stage it is made for' })
      .option('key', { type: 'string', describe: 'Ed25519 key in PEM: private to sign, public or private to verify' })
      .option('metrics', { type: 'string', describe: 'A scrape of the review API (/metrics), kept as a file' })
      .option('approvers', { type: 'string', describe: 'Who may approve (default: config/deploy/approvers.yaml)' })
      .option('out', { type: 'string', describe: 'The file to write (default: standard output)' })
      .option('verify', { type: 'string', describe: 'Verify this bundle instead of writing one' })
      .conflicts('verify', ['stage', 'metrics', 'out'])
      .option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' })
      .epilogue('Exit codes: 0 the stage passes, 1 a phase of it fails, 2 usage, error, or a bundle that does not verify.'),
  handler: ({ json, ...argv }) => runBundle({ ...argv, asJson: json }),
}
