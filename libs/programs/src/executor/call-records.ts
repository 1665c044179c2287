import { NodeCall, NodeProvenance } from '@torghut/contracts'
import { z } from 'zod'

import type { CallRecord } from './ask-model.ts'

/** What a checkpoint keeps of a node's calls: enough for provenance, nothing of what was said. */
const StoredTrace = z.object({
  calls: z.array(NodeCall),
  chosen: NodeProvenance.shape.chosen,
  checks: NodeProvenance.shape.checks,
})

/** A call as provenance and checkpoints name it. */
export function toNodeCall(record: CallRecord): NodeCall {
  const { sample, ask, promptHash, responseHash, trace, cause } = record
  return {
    sample,
    ask,
    prompt_hash: promptHash,
    response_hash: responseHash,
    completion_id: trace?.completionId ?? null,
    attempts: trace?.attempts ?? 0,
    tokens_prompt: trace?.usage?.promptTokens ?? null,
    tokens_completion: trace?.usage?.completionTokens ?? null,
    cause,
  }
}

export function storedCalls(calls: readonly CallRecord[]): NodeCall[] {
  return calls.map(toNodeCall)
}

/** Reads the calls of a node that an earlier process made. Throws `ZodError` when another version wrote them. */
export function readCallRecords(trace: unknown): { calls: CallRecord[]; chosen: number | null; checks: { check: string; passed: boolean }[] } {
  const { calls, chosen, checks } = StoredTrace.parse(trace)
  return { calls: calls.map(fromNodeCall), chosen, checks }
}

/** Tokens of an earlier process were counted there; here only what provenance needs is left. */
function fromNodeCall(call: NodeCall): CallRecord {
  return {
    sample: call.sample,
    ask: call.ask,
    promptHash: call.prompt_hash,
    responseHash: call.response_hash,
    responseText: null,
    trace: {
      attempts: call.attempts,
      firstTokenMs: null,
      totalMs: 0,
      bytes: 0,
      completionId: call.completion_id,
      threadId: null,
      usage: usageOf(call),
    },
    cause: call.cause,
    strictlyValid: null,
    ignoredKeys: [],
  }
}

function usageOf({ tokens_prompt: promptTokens, tokens_completion: completionTokens }: NodeCall) {
  if (promptTokens === null || completionTokens === null) return null
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens }
}
