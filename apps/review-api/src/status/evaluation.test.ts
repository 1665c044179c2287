import type { ReviewEvaluation } from '@torghut/artifact-store'
import { StoreUnavailableError } from '@torghut/artifact-store'
import fastify from 'fastify'
import { expect, test } from 'vitest'

import { sendProblem } from '../http/problems.ts'
import { storeProblem } from '../routes/reviews.ts'
import { tradingRoutes } from '../routes/trading.ts'
import { LlmEvaluation, llmEvaluation } from './evaluation.ts'

const day: ReviewEvaluation = {
  window: { startAt: new Date('2026-03-08T05:00:00Z'), endAt: new Date('2026-03-09T04:00:00Z') },
  totalReviews: 7,
  verdictCounts: { approve: 2, veto: 4, adjust: 1, abstain: 1, escalate: 0, error: 1 },
  avgConfidence: 0.75,
  tokens: { prompt: 900, completion: 100 },
  topRiskFlags: [{ flag: 'a', count: 2 }],
  contribution: { events: 4, fallbacks: 2, guardrails: 1 },
  calibration: { meanConfidenceGap: 0.01, meanUncertaintyAlignmentError: 0.02, meanQualityScore: null, highUncertaintyRate: 0, samples: 5 },
}

const storeWith = (found: ReviewEvaluation) => ({ evaluateReviews: async () => found })

test('llmEvaluation() has the documented shape and makes its rates of the counts', async () => {
  const evaluation = await llmEvaluation(storeWith(day), new Date())
  expect(LlmEvaluation.safeParse(evaluation).success).toBe(true)
  expect(evaluation.metrics).toMatchObject({
    total_reviews: 7,
    error_rate: 0.142857,
    tokens: { prompt: 900, completion: 100, total: 1_000 },
    decision_contribution: {
      actionable_reviews: 6,
      contribution_events: 4,
      contribution_rate: 0.666667,
      fallback_total: 2,
      fallback_rate: 0.285714,
      deterministic_guardrail_total: 1,
      deterministic_guardrail_rate: 0.142857,
    },
    calibration_quality: { mean_calibration_quality_score: null, samples: 5 },
  })
})

test('llmEvaluation() shows the window in New York with the offset of each end, and in UTC', async () => {
  const { window } = await llmEvaluation(storeWith(day), new Date())
  expect(window).toEqual({
    timezone: 'America/New_York',
    start: '2026-03-08T00:00:00-05:00',
    end: '2026-03-09T00:00:00-04:00',
    start_utc: '2026-03-08T05:00:00.000Z',
    end_utc: '2026-03-09T04:00:00.000Z',
  })
})

test('llmEvaluation() of an empty day has rates of zero', async () => {
  const verdictCounts = { approve: 0, veto: 0, adjust: 0, abstain: 0, escalate: 0, error: 0 }
  const empty = { ...day, totalReviews: 0, verdictCounts, contribution: { events: 0, fallbacks: 0, guardrails: 0 } }
  const { metrics } = await llmEvaluation(storeWith(empty), new Date())
  expect(metrics).toMatchObject({ error_rate: 0, decision_contribution: { contribution_rate: 0, fallback_rate: 0 } })
})

/** The trading routes over a database that is away. */
function appWithout(error: Error) {
  const app = fastify()
  app.setErrorHandler((failure, request, reply) => sendProblem(request, reply, storeProblem(failure) ?? failure))
  tradingRoutes(app, {
    store: () => {
      throw error
    },
    clock: { now: () => new Date(), monotonicMs: () => 0 },
    status: async () => ({ enabled: true }) as never,
  })
  return app
}

test('GET /trading/llm-evaluation is 503 while the database is away; /trading/status still answers', async () => {
  const app = appWithout(new StoreUnavailableError('db', 'gone'))
  expect((await app.inject('/trading/llm-evaluation')).json()).toMatchObject({ status: 503, code: 'nothing_recorded' })
  const status = await app.inject('/trading/status')
  expect([status.statusCode, status.json()]).toEqual([200, { llm: { enabled: true }, llm_evaluation: null }])
})

test('GET /trading/status does not hide a fault of ours', async () => {
  expect((await appWithout(new TypeError('ours')).inject('/trading/status')).statusCode).toBe(500)
})
