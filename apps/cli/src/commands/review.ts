import type { CommandModule } from 'yargs'

import { apiOptions } from '../api/api-options.ts'
import type { ReviewArguments } from '../review/run-review.ts'

/** `torghut review`: one decision to a running API, its verdict as a table. */
export const reviewCommand: CommandModule<object, ReviewArguments> = {
  command: 'review',
  describe: 'Have one trade decision reviewed by a running API',
  builder: (yargs) =>
    apiOptions(yargs)
      .option('file', {
        type: 'string',
        demandOption: true,
        describe: 'A request of the contract, or the whole body of POST /v1/reviews (JSON)',
      })
      .option('deadline-ms', {
        type: 'number',
        describe: 'How long the review may take (50 or more; capped by the server)',
      })
      .epilogue('Exit codes: 0 approve or adjust, 1 veto, 2 usage or error.'),
  handler: async (argv) => {
    const { runReview } = await import('../review/run-review.ts')
    await runReview(argv)
  },
}
