import type { Argv } from 'yargs'

import { folderOptions } from './folder-options.ts'
import type { FolderArguments } from './folder-options.ts'

/** What `moveOptions` reads. */
export interface MoveArguments extends FolderArguments {
  approvers: string | undefined
  url: string | undefined
  'api-key-file': string | undefined
  'as-of': string | undefined
  'pull-request': string | undefined
  check: boolean
  json: boolean
}

/** Options of the commands that move the pin. */
export function moveOptions<T>(yargs: Argv<T>) {
  return folderOptions(yargs)
    .option('approvers', { type: 'string', describe: 'Who may approve (default: config/deploy/approvers.yaml); not in live' })
    .option('url', { type: 'string', describe: 'A running review API: pin asks for its denylist, rollback how it is' })
    .option('api-key-file', { type: 'string', describe: 'A file with the bearer key (else TORGHUT_API_KEY)' })
    .option('as-of', { type: 'string', describe: 'Judge evidence at this instant instead of now; not in live' })
    .option('pull-request', { type: 'string', describe: 'Write the text of the pull request to this file' })
    .option('check', { type: 'boolean', default: false, describe: 'Write nothing; exit 1 if there is something to do' })
    .option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' })
}
