import type { Store, StoredReview } from '@torghut/artifact-store'
import { ReviewSubmission, Sha256, Uuid, toValidationIssues } from '@torghut/contracts'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { ProblemError, validationProblem } from '../http/problems.ts'
import type { ArtifactLoader } from '../serving/artifact-loader.ts'
import { reviewPrompts } from '../serving/review-prompts.ts'
import type { ReviewPrompts } from '../serving/review-prompts.ts'

export interface PromptRouteDeps {
  store(): Pick<Store, 'findOptionalReview' | 'findOptionalReviewByKey' | 'findOptionalArtifactByHash'>
  loader: Pick<ArtifactLoader, 'verify'>
}

/** `GET /v1/reviews/{id}/prompts`: what the model was sent for a review, rendered anew from what is stored. */
export function promptRoutes(app: FastifyInstance, deps: PromptRouteDeps): void {
  app.get<{ Params: { id: string } }>('/v1/reviews/:id/prompts', { config: { scope: 'read' } }, async (request) => {
    const query = PromptQuery.safeParse(request.query, { reportInput: true })
    if (!query.success) throw validationProblem(toValidationIssues(query.error))
    const stored = await findReview(request.params.id, deps)
    const { record } = stored
    const hash = query.data.artifact ?? record.lineage.artifact_hash
    if (hash === null) throw notRenderable('No artifact served this review: name one with ?artifact=')
    const submission = ReviewSubmission.parse(JSON.parse(stored.requestBytes.toString('utf8')))
    const run = { request: submission.request, provenance: record.provenance }
    return {
      review_id: record.review_id,
      trade_decision_id: record.trade_decision_id,
      artifact_hash: hash,
      nodes: reviewPrompts(await readProgram(hash, deps), run),
    } satisfies ReviewPrompts
  })
}

const PromptQuery = z.strictObject({ artifact: Sha256.optional() })

/** By the review's id, or by the decision's, which is the key of a review unless the caller gave another. */
async function findReview(id: string, { store }: PromptRouteDeps): Promise<StoredReview> {
  const uuid = Uuid.safeParse(id)
  const found = uuid.success
    ? ((await store().findOptionalReview(uuid.data)) ?? (await store().findOptionalReviewByKey(uuid.data)))
    : undefined
  if (found !== undefined) return found
  throw new ProblemError({ status: 404, code: 'not_found', detail: 'No review has this id, and no decision' })
}

/** The content of a program whose bytes are what its name says; whether it may serve today is another question. */
async function readProgram(hash: string, { store, loader }: PromptRouteDeps): Promise<unknown> {
  const stored = await store().findOptionalArtifactByHash(hash)
  if (stored === undefined) {
    throw new ProblemError({ status: 404, code: 'artifact_not_found', detail: 'No artifact has this hash' })
  }
  const verified = loader.verify(stored.bytes, hash)
  if (!verified.ok && verified.cause !== 'artifact_not_promoted') {
    throw notRenderable(`${verified.code}: ${verified.detail}`)
  }
  if (verified.ok && verified.artifact.executor !== 'dspy_live') throw notRenderable('The heuristic asks no model')
  return JSON.parse(stored.bytes.toString('utf8'))
}

function notRenderable(detail: string): ProblemError {
  return new ProblemError({ status: 409, code: 'artifact_not_renderable', detail })
}
