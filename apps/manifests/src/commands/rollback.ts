import type { CommandModule } from 'yargs'

import { readApiKey } from '../inputs/api-key.ts'
import { runRollback } from '../rollback/run-rollback.ts'
import { moveOptions } from './move-options.ts'
import type { MoveArguments } from './move-options.ts'

interface RollbackArguments extends MoveArguments {
  hash: string
  to: string | undefined
  'to-seed': boolean | undefined
  reason: string
  impact: string | undefined
  'corrective-action': string | undefined
  by: string
  evidence: string | undefined
  traffic: string | undefined
  live: string | undefined
}

/** `manifests rollback`: back to what was promoted before, with a note of why. */
export const rollbackCommand: CommandModule<object, RollbackArguments> = {
  command: 'rollback <hash>',
  describe: 'Take the pinned artifact back, deny it, and pin what was promoted before',
  builder: (yargs) =>
    moveOptions(yargs)
      .positional('hash', { type: 'string', demandOption: true, describe: 'What is taken back: it must be the pinned artifact' })
      .option('to', { type: 'string', describe: 'Which artifact to go back to (default: the newest before it that is not denied)' })
      .option('to-seed', { type: 'boolean', describe: 'Go back to the uncompiled seed; in paper only' })
      .conflicts('to', 'to-seed')
      .option('reason', { type: 'string', demandOption: true, describe: 'What triggered it' })
      .option('impact', { type: 'string', describe: 'What it did meanwhile' })
      .option('corrective-action', { type: 'string', describe: 'What else is done about it' })
      .option('by', { type: 'string', demandOption: true, describe: 'Who takes it back' })
      .option('evidence', { type: 'string', describe: 'What torghut rollout status --json said: a file or URL' })
      .option('traffic', {
        type: 'string',
        describe: 'Shares of the requests: REVISION=PERCENT or REVISION=PERCENT:TAG, with commas between them',
      })
      .option('live', { type: 'string', describe: 'Live revisions (kubectl get revisions -o yaml) that --traffic may name' })
      .epilogue('Exit codes: 0 rolled back, 1 --check found something to do or the service is not well, 2 refused.'),
  handler: async ({ check, json, traffic, ...argv }) => {
    const { 'as-of': asOf, 'pull-request': pullRequest, 'api-key-file': keyFile, 'to-seed': toSeed = false, 'corrective-action': correction } = argv
    await runRollback({ ...argv, traffic: traffic?.split(',') ?? [], asOf, pullRequest, toSeed, correction, apiKey: readApiKey(keyFile), isCheck: check, asJson: json })
  },
}
