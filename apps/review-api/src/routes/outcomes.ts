import type { Store } from '@torghut/artifact-store'
import { TradeResult, TradeResultBatch, tradeResultIssue } from '@torghut/contracts'
import type { BatchAnswer } from '@torghut/contracts'
import type { FastifyInstance } from 'fastify'

import { answerBatch } from './batch.ts'

const batch = TradeResultBatch.transform(({ outcomes }) => outcomes)

/** `POST /v1/outcomes`: results of decisions in batches. One bad result rejects itself, never its neighbours. */
export function outcomeRoutes(app: FastifyInstance, deps: { store(): Pick<Store, 'saveOutcomes'> }): void {
  app.post(
    '/v1/outcomes',
    { config: { scope: 'review' } },
    (request): Promise<BatchAnswer> =>
      answerBatch(request.body, {
        batch,
        item: TradeResult,
        rule: tradeResultIssue,
        save: (results) => deps.store().saveOutcomes(results),
      }),
  )
}
