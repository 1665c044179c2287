import type { Store } from '@torghut/artifact-store'
import { TradeResult, TradeResultBatch, inspectJson, toValidationIssues, tradeResultIssue } from '@torghut/contracts'
import type { BatchAnswer } from '@torghut/contracts'
import type { FastifyInstance } from 'fastify'

import { validationProblem } from '../http/problems.ts'

/** `POST /v1/outcomes`: results of decisions in batches. One bad result rejects itself, never its neighbours. */
export function outcomeRoutes(app: FastifyInstance, deps: { store(): Pick<Store, 'saveOutcomes'> }): void {
  app.post('/v1/outcomes', { config: { scope: 'review' } }, async (request): Promise<BatchAnswer> => {
    const { results, rejected } = readBatch(request.body)
    const saved = await deps.store().saveOutcomes(results.map((item) => item.result))
    const refusedByStore = saved.rejected.map(({ index, ...why }) => ({ index: results[index]?.index ?? index, ...why }))
    return {
      accepted: saved.accepted,
      duplicates: saved.duplicates,
      rejected: [...rejected, ...refusedByStore].sort((a, b) => a.index - b.index),
    }
  })
}

function readBatch(body: unknown): { results: { index: number; result: TradeResult }[]; rejected: BatchAnswer['rejected'] } {
  const unsafe = inspectJson(body)
  if (unsafe.length > 0) throw validationProblem(unsafe)
  const batch = TradeResultBatch.safeParse(body, { reportInput: true })
  if (!batch.success) throw validationProblem(toValidationIssues(batch.error))
  const results: { index: number; result: TradeResult }[] = []
  const rejected: BatchAnswer['rejected'] = []
  for (const [index, item] of batch.data.outcomes.entries()) {
    const parsed = TradeResult.safeParse(item, { reportInput: true })
    const issue = parsed.success ? tradeResultIssue(parsed.data) : firstIssue(parsed.error)
    if (issue !== null) rejected.push({ index, code: issue.code, message: issue.message })
    else if (parsed.success) results.push({ index, result: parsed.data })
  }
  return { results, rejected }
}

function firstIssue(error: Parameters<typeof toValidationIssues>[0]): { code: string; message: string } {
  const [issue] = toValidationIssues(error)
  return { code: issue?.code ?? 'invalid', message: `${issue?.path ?? ''}: ${issue?.message ?? 'not acceptable'}` }
}
