import type { Sha256Hex } from '../canonical/canonical-json.ts'
import { hashJson } from '../canonical/canonical-json.ts'
import type { GatewayCause } from '../review/vocabulary.ts'

/** One chat message. Untrusted text must have been encoded before it gets here. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** What is asked of the gateway. The model is always named; nothing else has an effect there. */
export interface CompletionRequest {
  model: string
  messages: readonly ChatMessage[]
}

/** Token counts as the gateway reports them for the last model call of a turn; never assume they add up. */
export interface CompletionUsage {
  promptTokens: number
  completionTokens: number
  totalTokens: number
}

/** How a call went, whether or not it succeeded. Times in milliseconds from the start of the call. */
export interface CompletionTrace {
  attempts: number
  firstTokenMs: number | null
  totalMs: number
  bytes: number
  completionId: string | null
  threadId: string | null
  usage: CompletionUsage | null
}

export type CompletionResult =
  | { ok: true; content: string; trace: CompletionTrace }
  | { ok: false; cause: GatewayCause; detail: string; trace: CompletionTrace }

/**
 * The port every model call goes through. Never throws: a failed call is a value with its cause. It ends within
 * `timeoutMs` (whole call: connect, retries, body), sooner when `signal` aborts.
 */
export interface CompletionTransport {
  complete(request: CompletionRequest, options: { timeoutMs: number; signal?: AbortSignal }): Promise<CompletionResult>
}

/** The name of a stored completion: same request and variant, same key, on any machine. */
export function completionKey(request: CompletionRequest, purpose: string, variant: number): Sha256Hex {
  return hashJson({ model: request.model, messages: request.messages, purpose, variant })
}
