import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import type { ChatRequest } from './check-request.ts'
import { DONE, STREAM_HEADERS, eventOf } from './replies.ts'
import type { SimulatorOptions } from './server.ts'
import { splitDeltas } from './split-deltas.ts'
import { estimateUsage } from './usage.ts'

/** The gateway comments every five seconds from the start of the turn, whether or not data flows. */
const KEEPALIVE_MS = 5_000

export interface AnswerCall {
  id: string
  threadId: string
  created: number
  chat: ChatRequest
  content: string
}

/**
 * Streams an answer in the framing of revision R2: deltas, usage when asked for, the stop chunk,
 * `[DONE]`. Headers leave with the first bytes. Stops as soon as the client is gone.
 */
export async function streamAnswer(
  response: ServerResponse,
  call: AnswerCall,
  pace: SimulatorOptions,
): Promise<void> {
  const gone = new AbortController()
  const keepalive = setInterval(() => response.write(': keepalive\n\n'), KEEPALIVE_MS)
  response.once('close', () => {
    clearInterval(keepalive)
    gone.abort()
  })
  response.writeHead(200, STREAM_HEADERS)
  if (!(await pause(pace.firstTokenMs, gone.signal))) return
  for (const [index, delta] of splitDeltas(call.content).entries()) {
    if (index > 0 && !(await pause(pace.deltaMs, gone.signal))) return
    response.write(
      chunkOf(call, {
        choices: [choice(index === 0 ? { content: delta, role: 'assistant' } : { content: delta })],
      }),
    )
  }
  if (call.chat.includeUsage) {
    response.write(chunkOf(call, { choices: [], usage: estimateUsage(call.chat.messages, call.content) }))
  }
  response.write(chunkOf(call, { choices: [choice({}, 'stop')] }))
  response.end(DONE)
}

/** False when the client left meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  return ms === 0 ? true : sleep(ms, true, { signal }).catch(() => false)
}

/** Member order is the gateway's: content before role, thread last. */
function chunkOf({ id, created, chat, threadId }: AnswerCall, members: Record<string, unknown>): string {
  return eventOf({
    id,
    object: 'chat.completion.chunk',
    created,
    model: chat.model,
    ...members,
    thread_id: threadId,
  })
}

function choice(delta: Record<string, string>, finishReason: 'stop' | null = null): Record<string, unknown> {
  return { delta, index: 0, finish_reason: finishReason }
}
