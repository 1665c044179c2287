import { join } from 'node:path'

import type { CommandModule } from 'yargs'

import { readApiKey } from '../inputs/api-key.ts'
import { readInputs } from '../inputs/read-values.ts'
import { pinnedHash } from '../pin/make-pin.ts'
import { tellSmoke } from '../rollback/run-rollback.ts'
import { folderOptions } from './folder-options.ts'
import type { FolderArguments } from './folder-options.ts'

interface SmokeArguments extends FolderArguments {
  url: string
  'api-key-file': string | undefined
  json: boolean
}

/** `manifests smoke`: after a sync, whether the trading loop runs well on what is pinned. */
export const smokeCommand: CommandModule<object, SmokeArguments> = {
  command: 'smoke',
  describe: 'Ask a running review API whether it is well with what is pinned',
  builder: (yargs) =>
    folderOptions(yargs)
      .option('url', { type: 'string', demandOption: true, describe: 'A running review API' })
      .option('api-key-file', { type: 'string', describe: 'A file with the bearer key (else TORGHUT_API_KEY)' })
      .option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' })
      .epilogue('Exit codes: 0 well, 1 not well, 2 usage or error.'),
  handler: async ({ root, url, 'api-key-file': keyFile, json }) =>
    tellSmoke(url, readApiKey(keyFile), pinnedHash(readInputs(join(root, 'config/deploy'))), json),
}
