import process from 'node:process'

import { ReviewAnswer } from '@torghut/contracts'

import { apiTarget, callApi } from '../api/api-client.ts'
import type { ApiTarget } from '../api/api-client.ts'
import type { ApiArguments } from '../api/api-options.ts'
import { CliError } from '../errors.ts'
import { explainReview } from './explain.ts'

/** A stored review is one row: whoever takes longer to find it is not answering. */
const TIMEOUT_MS = 10_000

/** Prints where a stored review's advice comes from, as a tree or with `--json` as its provenance. */
export async function runExplain(argv: ApiArguments & { explain: string }): Promise<void> {
  const review = await findReview(apiTarget(argv), argv.explain)
  process.stdout.write(argv.json ? `${JSON.stringify(review.provenance)}\n` : explainReview(review))
}

/** Reads one stored review. Throws `ApiProblemError` or `CliError`. */
export async function findReview(target: ApiTarget, reviewId: string): Promise<ReviewAnswer> {
  const path = `/v1/reviews/${encodeURIComponent(reviewId)}`
  const parsed = ReviewAnswer.safeParse(await callApi(target, { method: 'GET', path, timeoutMs: TIMEOUT_MS }))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CliError(`${target.url} did not answer with a review: is it another version? (${issue?.message})`)
}
