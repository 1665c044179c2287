import { createJangarTransport } from '@torghut/jangar-transport'
import type { TransportLimits } from '@torghut/jangar-transport'

import type { FaultCase } from './fault-cases.ts'
import { DELTAS, nameOf, rankOf } from './fault-cases.ts'
import type { Read, ReviewPrompt } from './review-prompt.ts'
import { readAnswer } from './review-prompt.ts'

/** Enough for a second attempt after a short rest or a `Retry-After` of a second, and no more. */
export const TIMEOUT_MS = 2_500

/** A gateway that goes silent is noticed in half of the cases before the deadline ends the call. */
const STALL_MS = 800

export interface Meeting {
  name: string
  read: Read
  attempts: number
  /** How long the call went on after its deadline; negative when it ended in time. */
  overshootMs: number
}

/** One call through the real transport that meets a fault, and what the program reads of it. */
export async function meetFault(
  one: FaultCase,
  { chatUrl, model, prompt }: { chatUrl: (query: string) => string; model: string; prompt: ReviewPrompt },
): Promise<Meeting> {
  const name = nameOf(one)
  const query = new URLSearchParams({
    fault: `${one.kind}@${one.at}`,
    revision: one.revision,
    deltas: String(DELTAS),
    ...(one.meets === 'once' ? { case: name } : {}),
  })
  const limits: Partial<TransportLimits> = rankOf(name) < 0.5 ? { stallMs: STALL_MS } : {}
  const transport = createJangarTransport({ chatUrl: chatUrl(String(query)), limits, jitter: () => rankOf(name) })
  try {
    const startedMs = performance.now()
    const result = await transport.complete({ model, messages: prompt.messages }, { timeoutMs: TIMEOUT_MS })
    const overshootMs = performance.now() - startedMs - TIMEOUT_MS
    return { name, read: readAnswer(result, prompt.nonce), attempts: result.trace.attempts, overshootMs }
  } finally {
    await transport.close()
  }
}
