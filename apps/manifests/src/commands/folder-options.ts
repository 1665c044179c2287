import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Argv } from 'yargs'

/** What `folderOptions` reads. */
export interface FolderArguments {
  root: string
}

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url))

/** Which repository is meant: the one this program stands in, unless another is named. */
export function folderOptions<T>(yargs: Argv<T>) {
  return yargs.option('root', {
    type: 'string',
    default: REPOSITORY,
    defaultDescription: 'this repository',
    coerce: (path: string) => resolve(path),
    describe: 'The folder that holds config/deploy and argocd/applications',
  })
}
