import type { Store } from '@torghut/artifact-store'
import { StoreUnavailableError } from '@torghut/artifact-store'
import type { FastifyInstance } from 'fastify'

import type { Clock } from '../clock.ts'
import { llmEvaluation } from '../status/evaluation.ts'
import type { LlmEvaluation } from '../status/evaluation.ts'
import type { LlmStatus, TradingStatus } from '../status/trading-status.ts'

export interface TradingRouteDeps {
  store(): Pick<Store, 'evaluateReviews'>
  clock: Clock
  status(): Promise<LlmStatus>
}

/** `GET /trading/status`, `GET /trading/llm-evaluation`: the shapes dashboards of the service we succeed read. */
export function tradingRoutes(app: FastifyInstance, { store, clock, status }: TradingRouteDeps): void {
  const evaluate = shared(async () => llmEvaluation(store(), clock.now()))

  app.get('/trading/status', { config: { scope: 'read' } }, async (): Promise<TradingStatus> => {
    const [llm, evaluation] = await Promise.all([status(), evaluate().catch(nullWhenAway)])
    return { llm, llm_evaluation: evaluation }
  })

  app.get('/trading/llm-evaluation', { config: { scope: 'read' } }, (): Promise<LlmEvaluation> => evaluate())
}

/** A status has to answer most when the database does not. */
function nullWhenAway(error: unknown): null {
  if (error instanceof StoreUnavailableError) return null
  throw error
}

/** Callers at the same time share one run: many dashboards must not make the database read the day many times at once. */
function shared<Value>(run: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | null = null
  return () => {
    running ??= run().finally(() => (running = null))
    return running
  }
}
