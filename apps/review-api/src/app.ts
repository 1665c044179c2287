import type { Store } from '@torghut/artifact-store'
import type { Logger, ReviewMetrics, Tracer } from '@torghut/telemetry'
import fastify, { LogController } from 'fastify'
import type { FastifyInstance } from 'fastify'

import type { ApiKeys } from './http/authentication.ts'
import { requireKeys } from './http/authentication.ts'
import { brokenRequests } from './http/broken-requests.ts'
import { drainBody } from './http/drain-body.ts'
import { readStrictJson } from './http/json-body.ts'
import { ProblemError, sendProblem, toProblem } from './http/problems.ts'
import type { ThrottleKeeper } from './policy/throttle-keeper.ts'
import { artifactRoutes } from './routes/artifacts.ts'
import type { ArtifactRouteDeps } from './routes/artifacts.ts'
import { controlRoutes } from './routes/controls.ts'
import { documentationRoutes } from './routes/documentation.ts'
import { feedbackRoutes } from './routes/feedback.ts'
import { healthRoutes } from './routes/health.ts'
import type { ReadinessCheck } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { outcomeRoutes } from './routes/outcomes.ts'
import { promptRoutes } from './routes/prompts.ts'
import { reviewRoutes, storeProblem } from './routes/reviews.ts'
import type { ReviewRouteDeps } from './routes/reviews.ts'
import { runtimeRoutes } from './routes/runtime.ts'
import { tradingRoutes } from './routes/trading.ts'
import { rolloutRoutes } from './routes/rollout.ts'
import type { RolloutRouteDeps } from './routes/rollout.ts'
import type { StatusSource } from './status/status-source.ts'
import { requestIdOf } from './tracing/request-id.ts'
import { traceRequests } from './tracing/trace-requests.ts'
import { noteAnswer } from './tracing/trace-review.ts'

/** Largest body we read. Our largest honest request is a few dozen KiB. */
const BODY_LIMIT_BYTES = 1024 * 1024

/** How long a client may take to send a whole request; slower ones hold a socket for nothing. */
const REQUEST_TIMEOUT_MS = 30_000

export interface AppDeps
  extends Omit<ReviewRouteDeps, 'onReviewed'>, Omit<RolloutRouteDeps, 'store'>, Omit<ArtifactRouteDeps, 'store'> {
  store(): Store
  logger: Logger
  tracer: Tracer
  metrics: ReviewMetrics
  apiKeys: ApiKeys | null
  readiness: ReadinessCheck[]
  status: StatusSource
  throttles: Pick<ThrottleKeeper, 'note'>
}

/** The HTTP app: routes, one error handler, nothing that listens. */
export function buildApp(deps: AppDeps): FastifyInstance {
  const app = fastify({
    ...brokenRequests,
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance
  traceRequests(app, deps.tracer)
  readStrictJson(app)
  requireKeys(app, deps.apiKeys)
  app.setErrorHandler(async (error, request, reply) => {
    const refused = storeProblem(error) ?? error
    logRefusal(deps.logger, refused, request.url, request.id)
    if (!request.raw.complete) await drainBody(request.raw)
    return sendProblem(request, reply, refused)
  })
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, new ProblemError({ status: 404, code: 'not_found', detail: 'No such address' })),
  )
  registerRoutes(app, deps)
  return app
}

/** Every route of the API; each one is in the OpenAPI document, which a test holds against this list. */
export function registerRoutes(app: FastifyInstance, deps: AppDeps): void {
  documentationRoutes(app)
  healthRoutes(app, deps.readiness)
  metricsRoutes(app, { ...deps, status: deps.status.llm })
  runtimeRoutes(app, deps.status)
  controlRoutes(app, deps)
  rolloutRoutes(app, deps)
  artifactRoutes(app, deps)
  promptRoutes(app, deps)
  outcomeRoutes(app, deps)
  feedbackRoutes(app, deps)
  tradingRoutes(app, { ...deps, status: deps.status.llm })
  reviewRoutes(app, { ...deps, onReviewed: (...reviewed) => noteReview(deps, ...reviewed) })
}

function noteReview(deps: AppDeps, ...[{ answer, fresh }, durationMs, submission]: Parameters<ReviewRouteDeps['onReviewed']>): void {
  noteAnswer({ answer, fresh })
  if (!fresh) return
  deps.throttles.note(answer, submission)
  deps.metrics.countReview(answer, durationMs / 1000)
  const facts = {
    reviewId: answer.review_id,
    tradeDecisionId: answer.trade_decision_id,
    verdict: answer.verdict,
    reason: answer.reason,
    durationMs,
  }
  if (answer.fallback === null) deps.logger.info(facts, 'Review decided')
  else deps.logger.warn({ ...facts, cause: answer.fallback.cause, detail: answer.fallback.detail }, 'Review fell back')
}

function logRefusal(logger: Logger, error: unknown, url: string, requestId: string): void {
  const { status, code } = toProblem(error, '')
  // What follows the path is the caller's, and may hold what no log should.
  const path = url.split('?', 1)[0]
  if (status >= 500) logger.error({ err: error, url: path, requestId, code }, 'Request failed')
  else logger.debug({ url: path, requestId, code }, 'Request refused')
}
