import { Agent, request } from 'undici'
import { z } from 'zod'

import { ApiRefusedError, ApiUnreachableError } from './errors.ts'
import type { PostedOutcome } from './results.ts'
import type { ReviewBody } from './review-body.ts'

/** The part of a review's answer a scheduler acts on or counts. What else the answer holds is not ours to check. */
const ReviewReply = z.object({
  verdict: z.enum(['approve', 'veto', 'adjust']),
  reason: z.string().nullable(),
  decision: z.object({ qty: z.string() }).nullable(),
  advice: z.object({ verdict: z.enum(['approve', 'veto', 'adjust', 'abstain', 'escalate']) }).nullable(),
  outcomes: z.array(z.object({ gate: z.string(), passed: z.boolean() })),
  fallback: z.object({ cause: z.string() }).nullable(),
  llm_skipped: z.string().nullable(),
  lineage: z.object({ simulated: z.boolean().optional() }),
  timings: z.object({ total_ms: z.number() }),
})
export type ReviewReply = z.infer<typeof ReviewReply>

const BatchReply = z.object({ accepted: z.number(), duplicates: z.number(), rejected: z.array(z.unknown()) })

/** A review, or `reply: null` when the API could not record one (503) or did not answer in time: new risk is vetoed. */
export interface ReviewAttempt {
  reply: ReviewReply | null
  latencyMs: number
}

/** What the desk thinks of a decision, as `POST /v1/feedback` takes it. */
export interface PostedFeedback {
  feedback_id: string
  trade_decision_id: string
  source: { kind: 'desk_rule'; id: string }
  label: string
  reason: string
  known_at: string
}

export interface ReviewClient {
  postReview: (body: ReviewBody) => Promise<ReviewAttempt>
  postOutcomes: (outcomes: readonly PostedOutcome[]) => Promise<void>
  postFeedback: (feedback: readonly PostedFeedback[]) => Promise<void>
  close: () => Promise<void>
}

/** Longest a scheduler waits for one answer; the API's own deadline is far below. */
export const REQUEST_TIMEOUT_MS = 60_000

/** Largest answer read; a review is a few kilobytes. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024

/**
 * A client of one review API with at most `connections` requests in flight. `ApiRefusedError` on any 4xx and on a
 * rejected result, `ApiUnreachableError` when nothing usable answers. Nothing is retried.
 */
export function createReviewClient(options: {
  apiUrl: string
  connections: number
  timeoutMs?: number
}): ReviewClient {
  const timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS
  const dispatcher = new Agent({
    connections: options.connections,
    // One deadline for all of it: the signal of each request.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: ANSWER_BYTES_MAX,
  })
  const post = (path: string, body: unknown) => postJson({ ...options, timeoutMs, dispatcher }, path, body)
  return {
    postReview: async (body) => {
      const startedAt = performance.now()
      const answer = await post('/v1/reviews', body)
      const reply = answer === null ? null : read(ReviewReply, '/v1/reviews', answer)
      return { reply, latencyMs: performance.now() - startedAt }
    },
    postOutcomes: (outcomes) => postBatch(post, '/v1/outcomes', { outcomes }),
    postFeedback: (feedback) => postBatch(post, '/v1/feedback', { feedback }),
    close: () => dispatcher.close(),
  }
}

type Post = (path: string, body: unknown) => Promise<unknown>

/** Batches must be taken whole: a rejected row means the replay built it wrongly. */
async function postBatch(post: Post, path: string, body: unknown): Promise<void> {
  const answer = await post(path, body)
  if (answer === null) throw new ApiUnreachableError(path, 'it cannot record results now')
  const { rejected } = read(BatchReply, path, answer)
  if (rejected.length > 0) throw new ApiRefusedError(path, 200, JSON.stringify(rejected[0]))
}

/** Null stands for "could not be recorded or answered": 503, or no answer before the deadline. */
async function postJson(
  { apiUrl, timeoutMs, dispatcher }: { apiUrl: string; timeoutMs: number; dispatcher: Agent },
  path: string,
  body: unknown,
): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await request(new URL(path, apiUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, application/problem+json' },
      body: JSON.stringify(body),
      dispatcher,
      signal,
    })
    const text = await response.body.text()
    if (response.statusCode === 503) return null
    if (response.statusCode >= 400) throw new ApiRefusedError(path, response.statusCode, text.slice(0, 2000))
    return JSON.parse(text) as unknown
  } catch (cause) {
    if (cause instanceof ApiRefusedError) throw cause
    if (signal.aborted) return null
    throw new ApiUnreachableError(path, cause instanceof Error ? cause.message : 'no answer', { cause })
  }
}

function read<Schema extends z.ZodType>(schema: Schema, path: string, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new ApiUnreachableError(path, `its answer is not the contract's: ${z.prettifyError(parsed.error)}`)
}
