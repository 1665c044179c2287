import { sha256Hex } from '@torghut/contracts'
import type { ChatMessage, CompletionResult, CompletionTrace, FallbackCause } from '@torghut/contracts'

import { exceededReason } from '../limits/resource-limits.ts'
import type { Exceeded, Reservation } from '../limits/resource-limits.ts'
import { nodeRetryDelayMs } from '../recovery/retry-policy.ts'
import { failure } from './node-failure.ts'
import type { Failure } from './node-failure.ts'
import { remainingMs } from './run-context.ts'
import type { RunContext } from './run-context.ts'

/** A prompt as it goes out, and what it was made from. */
export interface Question {
  messages: readonly ChatMessage[]
  promptHash: string
  nonce: string
}

/** One completion, whether or not it brought something. */
export interface CallRecord {
  sample: number
  ask: 'first' | 'again' | 'retry'
  promptHash: string
  responseHash: string | null
  responseText: string | null
  /** Null when the call never went out. */
  trace: CompletionTrace | null
  /** Why the call brought nothing that could be used; set later, too, when the answer could not be. */
  cause: FallbackCause | null
  /** Whether the answer held to the strict shape; null when there was none. */
  strictlyValid: boolean | null
  ignoredKeys: readonly string[]
}

export type Reply = { ok: true; content: string } | Failure

/** A character is a third of a token at most in what is sent here, and an answer is short. */
const CHARACTERS_PER_TOKEN = 3
const ANSWER_TOKENS = 1_024

/** Two bytes a UTF-16 unit, and the longest answer that is read. */
const BYTES_PER_CHARACTER = 2
const ANSWER_BYTES = 131_072

/**
 * Makes one call: within the limits of the run, in a place of its own, in what is left of the time. Every call, also one
 * that was refused, is added to `records`. A call that never went out may be tried again.
 */
export async function askModel(
  question: (turn: number) => Question,
  { context, signal, records, sample, ask }: {
    context: RunContext
    signal: AbortSignal
    records: CallRecord[]
    sample: number
    ask: 'first' | 'again'
  },
): Promise<Reply> {
  for (let attempts = 1; ; attempts += 1) {
    const { reply, record } = await context.slots.use(() => callOnce(question(records.length), context, signal))
    records.push({ ...record, sample, ask: attempts === 1 ? ask : 'retry' })
    if (reply.ok || signal.aborted) return reply
    const delayMs = record.trace === null ? retryDelayMs(reply, attempts, context) : null
    if (delayMs === null) return reply
    await context.ports.retry?.sleep(delayMs, signal)
  }
}

interface Called {
  reply: Reply
  record: Omit<CallRecord, 'sample' | 'ask'>
}

async function callOnce({ messages, promptHash }: Question, context: RunContext, signal: AbortSignal): Promise<Called> {
  const { budget, ports } = context
  const length = messages.reduce((sum, { content }) => sum + content.length, 0)
  const tokens = Math.ceil(length / CHARACTERS_PER_TOKEN) + ANSWER_TOKENS
  const blank = { promptHash, responseHash: null, responseText: null, trace: null, strictlyValid: null, ignoredKeys: [] }
  const refused = (reply: Failure): Called => ({ reply, record: { ...blank, cause: reply.cause } })
  if (signal.aborted) return refused(failure('internal', 'The run was given up'))
  const reserved = budget.reserveCall({ tokens, memoryBytes: length * BYTES_PER_CHARACTER + ANSWER_BYTES, timeMs: 1 })
  if (!reserved.ok) return refused(exceeded(reserved))
  const grant = await ports.allowance?.acquire({ calls: 1, tokens }, signal)
  try {
    if (grant?.ok === false) return refused(failure('overloaded', `No ${grant.budget} left for this call: ${grant.reason}`))
    const timeoutMs = remainingMs(context)
    if (timeoutMs < 1) return refused(exceeded({ ok: false, kind: 'time', used: budget.used('time'), limit: ports.timeoutMs }))
    const result = await ports.transport.complete({ model: ports.model, messages }, { timeoutMs, signal })
    return settle(result, reserved, context, promptHash)
  } finally {
    budget.release(reserved)
    if (grant?.ok === true) ports.allowance?.giveBack(grant)
  }
}

function settle(result: CompletionResult, reserved: Reservation, { budget }: RunContext, promptHash: string): Called {
  const { trace } = result
  const responseText = result.ok ? result.content.trim() : null
  const over = budget.settle(reserved, {
    tokens: trace.usage?.totalTokens ?? null,
    calls: Math.max(1, trace.attempts),
    memoryBytes: (responseText?.length ?? 0) * BYTES_PER_CHARACTER,
  })
  const reply = toReply(result, responseText, over)
  const responseHash = responseText === null ? null : sha256Hex(responseText)
  const cause = reply.ok ? null : reply.cause
  return { reply, record: { promptHash, responseHash, responseText, trace, cause, strictlyValid: null, ignoredKeys: [] } }
}

/** What the gateway did wrong says more than that it took too long about it. */
function toReply(result: CompletionResult, responseText: string | null, over: Exceeded | null): Reply {
  if (!result.ok) return failure(result.cause, result.detail)
  return over === null ? { ok: true, content: responseText ?? '' } : exceeded(over)
}

function exceeded({ kind, used, limit }: Exceeded): Failure {
  return failure('resource_exceeded', `${exceededReason(kind)} (${Math.round(used)} of ${limit})`)
}

/** A call that went out is not repeated here: the transport tried it as often as its failure was worth, and knows why. */
function retryDelayMs({ cause }: Failure, attempts: number, context: RunContext): number | null {
  const { retry } = context.ports
  if (retry === undefined) return null
  return nodeRetryDelayMs({ cause, attempts }, { random: retry.random, retryAfterMs: null, remainingMs: remainingMs(context) })
}
