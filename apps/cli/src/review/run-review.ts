import process from 'node:process'

import { ReviewAnswer } from '@torghut/contracts'

import { apiTarget, callApi } from '../api/api-client.ts'
import type { ApiArguments } from '../api/api-options.ts'
import { ApiProblemError, CliError } from '../errors.ts'
import { reviewReport } from './review-report.ts'
import { readSubmission } from './submission-text.ts'

export interface ReviewArguments extends ApiArguments {
  file: string
  'deadline-ms': number | undefined
}

/** The longest budget a server can have (LLM_DSPY_TIMEOUT_SECONDS), and time for gates, record and network. */
const BUDGET_MS_MAX = 120_000
const MARGIN_MS = 10_000

/** Has the file's decision reviewed, prints the answer and sets the exit code: 1 for a veto. */
export async function runReview(argv: ReviewArguments): Promise<void> {
  const answer = await review(argv)
  process.stdout.write(argv.json ? `${JSON.stringify(answer)}\n` : reviewReport(answer))
  process.exitCode = answer.verdict === 'veto' ? 1 : 0
}

async function review(argv: ReviewArguments): Promise<ReviewAnswer> {
  const target = apiTarget(argv)
  const { body, pathPrefix } = readSubmission(argv.file)
  const deadlineMs = argv['deadline-ms']
  const answer = await callApi(target, {
    method: 'POST',
    path: '/v1/reviews',
    body,
    headers: deadlineMs === undefined ? {} : { 'x-deadline-ms': String(deadlineMs) },
    timeoutMs: (deadlineMs !== undefined && deadlineMs > 0 ? deadlineMs : BUDGET_MS_MAX) + MARGIN_MS,
  }).catch((error: unknown) => {
    throw error instanceof ApiProblemError ? withPathsOfFile(error, pathPrefix) : error
  })
  const parsed = ReviewAnswer.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new CliError(
    `${target.url} did not answer with a review: is it another version? (${parsed.error.issues[0]?.message})`,
  )
}

/** Paths that lead through the file, not through the body that was made of it. */
function withPathsOfFile({ problem }: ApiProblemError, prefix: string): ApiProblemError {
  const errors = problem.errors?.map((issue) => ({ ...issue, path: withoutPrefix(issue.path, prefix) }))
  return new ApiProblemError({ ...problem, ...(errors === undefined ? {} : { errors }) })
}

function withoutPrefix(path: string, prefix: string): string {
  return path.startsWith(prefix) ? path.slice(prefix.length) : path
}
