import type { Store } from '@torghut/artifact-store'
import {
  AuditQueueFullError,
  CursorInvalidError,
  KeyReusedError,
  ReviewArchivedError,
  StoreUnavailableError,
  TooManyControlsError,
} from '@torghut/artifact-store'
import {
  AdviceVerdict,
  Arm,
  FallbackCause,
  Sha256,
  Timestamp,
  Uuid,
  Verdict,
  canonicalJson,
  hashJson,
  inspectJson,
  parseReviewSubmission,
  toValidationIssues,
} from '@torghut/contracts'
import type { ReviewAnswer, ReviewRecord, ReviewSubmission, TradingMode } from '@torghut/contracts'
import { noteFacts } from '@torghut/telemetry'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'

import type { Clock } from '../clock.ts'
import { ProblemError, validationProblem } from '../http/problems.ts'
import { startDeadline } from '../review/deadline.ts'
import type { IdempotentReviews, KeyedAnswer } from '../review/idempotent-review.ts'
import type { Places } from '../review/places.ts'
import { overloadedReview, reviewDecision, timedOutReview, volatileReview } from '../review/review-decision.ts'
import type { ReviewPorts } from '../review/review-decision.ts'

/** Why a waiter's review fell back. */
const OWNER_TOO_SLOW = 'Another owner of this key did not finish in time'

export interface ReviewRouteDeps {
  store(): Pick<Store, 'listReviews' | 'findOptionalReview'>
  clock: Clock
  /** What one review needs from outside; the policy it holds does not change while the review runs. */
  ports(): ReviewPorts
  reviews: IdempotentReviews
  /** A review that waits in this process's journal for the database, or null. */
  journalled(reviewId: string): Promise<Pick<ReviewAnswer, 'receipt'> & { record: ReviewRecord } | null>
  places: Places
  tradingMode: TradingMode
  programTimeoutMs: number
  /** Runs a review where a trace can see it; returns what it returned. */
  observeReview(review: () => Promise<ReviewRecord>): Promise<ReviewRecord>
  /** Called once for every review this process decided, after its record is durable. */
  onReviewed(answer: KeyedAnswer, durationMs: number, submission: ReviewSubmission): void
}

/**
 * `POST /v1/reviews`, `GET /v1/reviews`, `GET /v1/reviews/{id}`. A review is always sent as canonical JSON: the first
 * answer, a repeated one and the one read years later are the same bytes.
 */
export function reviewRoutes(app: FastifyInstance, deps: ReviewRouteDeps): void {
  app.post('/v1/reviews', { config: { scope: 'review' } }, async (request, reply) => {
    const receivedAtMs = deps.clock.monotonicMs()
    const deadline = startDeadline(headerOf(request, 'x-deadline-ms'), deps.programTimeoutMs, deps.clock.monotonicMs)
    const { submission, dropped } = readSubmission(request.body, deps.tradingMode)
    noteFacts({ tradeDecisionId: submission.trade_decision_id })
    const input = { submission, dropped, receivedAtMs, deadline }
    const ports = deps.ports()
    const answered = await deps.reviews.answer({
      key: readKey(headerOf(request, 'idempotency-key'), submission),
      bodyHash: hashJson(submission),
      submission,
      deadline,
      review: () => deps.observeReview(() => reviewDecision(input, ports)),
      takePlace: () => deps.places.take(),
      overloaded: () => overloadedReview(input, ports),
      timedOut: () => deps.observeReview(() => timedOutReview(input, ports, OWNER_TOO_SLOW)),
      volatile: () => deps.observeReview(() => volatileReview(input, ports)),
    })
    deps.onReviewed(answered, deps.clock.monotonicMs() - receivedAtMs, submission)
    if (answered.persistMs !== null) reply.header('server-timing', `persist;dur=${answered.persistMs.toFixed(3)}`)
    return reply.type('application/json').send(canonicalJson(answered.answer))
  })

  app.get('/v1/reviews', { config: { scope: 'read' } }, async (request) => {
    const unsafe = inspectJson(request.query)
    if (unsafe.length > 0) throw validationProblem(unsafe)
    const query = ListQuery.safeParse(request.query, { reportInput: true })
    if (!query.success) throw validationProblem(toValidationIssues(query.error))
    const { items, nextCursor } = await deps.store().listReviews(query.data)
    return { items: items.map(({ record, receipt }) => ({ ...record, receipt })), next_cursor: nextCursor }
  })

  app.get<{ Params: { id: string } }>('/v1/reviews/:id', { config: { scope: 'read' } }, async (request, reply) => {
    const id = Uuid.safeParse(request.params.id)
    const journalled = id.success ? await deps.journalled(id.data) : null
    const stored = journalled ?? (id.success ? await deps.store().findOptionalReview(id.data) : undefined)
    if (stored === undefined) {
      throw new ProblemError({ status: 404, code: 'not_found', detail: 'No review has this id' })
    }
    return reply.type('application/json').send(canonicalJson({ ...stored.record, receipt: stored.receipt }))
  })
}

/** The problem behind what the store throws, or null: an absent database means a veto of new risk for the caller. */
export function storeProblem(error: unknown): ProblemError | null {
  if (error instanceof CursorInvalidError) {
    return validationProblem([{ path: 'cursor', code: 'cursor_invalid', message: 'Not a cursor of an earlier page' }])
  }
  if (error instanceof KeyReusedError) {
    return new ProblemError({ status: 409, code: 'key_reused', detail: error.message, cause: error })
  }
  if (error instanceof ReviewArchivedError) {
    const detail = `${error.message} and cannot be answered again: post the decision anew under another key`
    return new ProblemError({ status: 410, code: 'review_archived', detail, cause: error })
  }
  if (error instanceof TooManyControlsError) {
    return new ProblemError({ status: 409, code: 'too_many_controls', detail: error.message, cause: error })
  }
  if (!(error instanceof StoreUnavailableError) && !(error instanceof AuditQueueFullError)) return null
  return new ProblemError({
    status: 503,
    code: 'nothing_recorded',
    detail: 'No verdict can be recorded now: treat it as a veto of new risk and try again',
    cause: error,
  })
}

/** What `GET /v1/reviews` can be narrowed by. */
export const ListQuery = z
  .strictObject({
    symbol: z.string().min(1).max(32).optional(),
    verdict: Verdict.optional(),
    advice_verdict: AdviceVerdict.optional(),
    fallback_cause: FallbackCause.optional(),
    artifact: Sha256.optional(),
    arm: Arm.optional(),
    from: Timestamp.optional(),
    to: Timestamp.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z.string().max(256).optional(),
  })
  .transform(({ advice_verdict: adviceVerdict, fallback_cause: fallbackCause, artifact: artifactHash, ...rest }) => ({
    ...rest,
    adviceVerdict,
    fallbackCause,
    artifactHash,
  }))

function readSubmission(body: unknown, tradingMode: TradingMode) {
  const parsed = parseReviewSubmission(body)
  if (!parsed.ok) throw validationProblem(parsed.issues)
  const mode = parsed.submission.request.trading_mode
  if (mode !== tradingMode) {
    const message = `This server reviews in ${tradingMode} mode, the request says ${mode}`
    throw validationProblem([{ path: 'request.trading_mode', code: 'mode_mismatch', message }])
  }
  return parsed
}

function readKey(header: string | undefined, submission: ReviewSubmission): string {
  if (header === undefined) return submission.trade_decision_id
  if (/^[\x21-\x7e]{1,128}$/.test(header)) return header
  throw new ProblemError({
    status: 400,
    code: 'invalid_idempotency_key',
    detail: 'Idempotency-Key must be 1 to 128 printable ASCII characters without spaces',
  })
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
