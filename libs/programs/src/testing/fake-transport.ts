import type {
  CompletionRequest,
  CompletionResult,
  CompletionTrace,
  CompletionTransport,
  GatewayCause,
} from '@torghut/contracts'

import { findNonce } from '../answer/frame.ts'

/** The trace of a fake call: fixed numbers, so that a test can compare whole results. */
export const FAKE_TRACE: CompletionTrace = {
  attempts: 1,
  firstTokenMs: 12,
  totalMs: 34,
  bytes: 560,
  completionId: 'chatcmpl-fake',
  threadId: 'thread-fake',
  usage: { promptTokens: 1400, completionTokens: 200, totalTokens: 1600 },
}

export interface FakeTransport extends CompletionTransport {
  /** Every call so far, oldest first. */
  readonly calls: { request: CompletionRequest; timeoutMs: number; signal: AbortSignal | undefined }[]
}

/** A transport whose model answers with what `write` makes of the nonce the prompt asks for. */
export function answeringTransport(write: (nonce: string, request: CompletionRequest) => string): FakeTransport {
  return fakeTransport((request) => {
    const nonce = findNonce(request.messages[0]?.content ?? '') ?? ''
    return { ok: true, content: write(nonce, request), trace: FAKE_TRACE }
  })
}

/** A transport on which every call fails with one cause. */
export function failingTransport(cause: GatewayCause): FakeTransport {
  return fakeTransport(() => ({ ok: false, cause, detail: `fake ${cause}`, trace: { ...FAKE_TRACE, usage: null } }))
}

/** A transport that breaks its promise and throws, to prove that its user copes. */
export function throwingTransport(error: unknown): FakeTransport {
  return fakeTransport(() => {
    throw error
  })
}

function fakeTransport(answer: (request: CompletionRequest) => CompletionResult): FakeTransport {
  const calls: FakeTransport['calls'] = []
  return {
    calls,
    async complete(request, { timeoutMs, signal }) {
      calls.push({ request, timeoutMs, signal })
      return answer(request)
    },
  }
}
