import type { CommandModule } from 'yargs'

import { readApiKey } from '../inputs/api-key.ts'
import { runPin } from '../pin/run-pin.ts'
import { moveOptions } from './move-options.ts'
import type { MoveArguments } from './move-options.ts'

interface PinArguments extends MoveArguments {
  hash: string | undefined
  bundle: string | undefined
  by: string | undefined
}

/** `manifests pin`: the one way a hash gets into the pins file. */
export const pinCommand: CommandModule<object, PinArguments> = {
  command: 'pin [hash]',
  describe: 'Pin a promoted artifact, proved by its promotion bundle',
  builder: (yargs) =>
    moveOptions(yargs)
      .positional('hash', { type: 'string', describe: 'The artifact; with --bundle it must be the one promoted there' })
      .option('bundle', { type: 'string', describe: 'The promotion bundle: a file or URL' })
      .option('by', { type: 'string', describe: 'Who pins it (default: who promoted it)' })
      .epilogue('Exit codes: 0 pinned or nothing to do, 1 --check found something to do, 2 refused.'),
  handler: async ({ check, json, 'as-of': asOf, 'pull-request': pullRequest, 'api-key-file': keyFile, ...argv }) =>
    runPin({ ...argv, asOf, pullRequest, apiKey: readApiKey(keyFile), isCheck: check, asJson: json }),
}
