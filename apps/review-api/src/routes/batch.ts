import { inspectJson, toValidationIssues } from '@torghut/contracts'
import type { BatchAnswer } from '@torghut/contracts'
import type { z } from 'zod'

import { validationProblem } from '../http/problems.ts'

/** A call that stores a list whose items are judged one by one. */
export interface BatchCall<Item> {
  /** The body's own shape, down to its items; it leaves those open, so that a bad one rejects itself alone. */
  batch: z.ZodType<unknown[]>
  item: z.ZodType<Item>
  /** The stated rule an item of the right shape breaks, or null. */
  rule(item: Item): { code: string; message: string } | null
  save(items: Item[]): Promise<BatchAnswer>
}

/** Reads a batch, stores its good items and tells of each bad one by its place. Throws 422 when the body is no batch. */
export async function answerBatch<Item>(body: unknown, call: BatchCall<Item>): Promise<BatchAnswer> {
  const { good, rejected } = readBatch(body, call)
  const saved = await call.save(good.map(({ item }) => item))
  const refusedByStore = saved.rejected.map(({ index, ...why }) => ({ index: good[index]?.index ?? index, ...why }))
  return {
    accepted: saved.accepted,
    duplicates: saved.duplicates,
    rejected: [...rejected, ...refusedByStore].sort((a, b) => a.index - b.index),
  }
}

function readBatch<Item>(body: unknown, call: BatchCall<Item>) {
  const unsafe = inspectJson(body)
  if (unsafe.length > 0) throw validationProblem(unsafe)
  const batch = call.batch.safeParse(body, { reportInput: true })
  if (!batch.success) throw validationProblem(toValidationIssues(batch.error))
  const good: { index: number; item: Item }[] = []
  const rejected: BatchAnswer['rejected'] = []
  for (const [index, posted] of batch.data.entries()) {
    const parsed = call.item.safeParse(posted, { reportInput: true })
    const issue = parsed.success ? call.rule(parsed.data) : firstIssue(parsed.error)
    if (issue !== null) rejected.push({ index, code: issue.code, message: issue.message })
    else if (parsed.success) good.push({ index, item: parsed.data })
  }
  return { good, rejected }
}

function firstIssue(error: z.ZodError): { code: string; message: string } {
  const [issue] = toValidationIssues(error)
  return { code: issue?.code ?? 'invalid', message: `${issue?.path ?? ''}: ${issue?.message ?? 'not acceptable'}` }
}
