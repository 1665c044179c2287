import type { Store } from '@torghut/artifact-store'
import { Feedback, FeedbackBatch } from '@torghut/contracts'
import type { BatchAnswer } from '@torghut/contracts'
import type { FastifyInstance } from 'fastify'

import { answerBatch } from './batch.ts'

const batch = FeedbackBatch.transform(({ feedback }) => feedback)

/** `POST /v1/feedback`: what people and desk rules say of decisions, in batches like results. */
export function feedbackRoutes(app: FastifyInstance, deps: { store(): Pick<Store, 'saveFeedback'> }): void {
  app.post(
    '/v1/feedback',
    { config: { scope: 'review' } },
    (request): Promise<BatchAnswer> =>
      answerBatch(request.body, {
        batch,
        item: Feedback,
        rule: () => null,
        save: (items) => deps.store().saveFeedback(items),
      }),
  )
}
