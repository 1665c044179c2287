import type { CommandModule } from 'yargs'

import { apiOptions } from '../api/api-options.ts'
import type { ReviewArguments } from '../review/run-review.ts'

type Arguments = Omit<ReviewArguments, 'file'> & { file: string | undefined; explain: string | undefined }

/** `torghut review`: one decision to a running API, its verdict as a table; or a stored review explained. */
export const reviewCommand: CommandModule<object, Arguments> = {
  command: 'review',
  describe: 'Have one trade decision reviewed by a running API, or a stored review explained',
  builder: (yargs) =>
    apiOptions(yargs)
      .option('file', {
        type: 'string',
        describe: 'A request of the contract, or the whole body of POST /v1/reviews (JSON)',
      })
      .option('explain', {
        type: 'string',
        describe: 'The id of a stored review: prints where every value of its advice comes from',
      })
      .conflicts('explain', ['file', 'deadline-ms'])
      .option('deadline-ms', {
        type: 'number',
        describe: 'How long the review may take (50 or more; capped by the server)',
      })
      .check(({ file, explain }) => (file || explain ? true : 'Give --file a request, or --explain the id of a review'))
      .epilogue('Exit codes: 0 approve or adjust, 1 veto, 2 usage or error; an explanation is 0 or 2.'),
  handler: async ({ file, explain, ...argv }) => {
    if (explain !== undefined) {
      const { runExplain } = await import('../review/run-explain.ts')
      return runExplain({ ...argv, explain })
    }
    const { runReview } = await import('../review/run-review.ts')
    await runReview({ ...argv, file: file ?? '' })
  },
}
