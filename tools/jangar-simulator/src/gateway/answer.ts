import type { ChatRequest } from './check-request.ts'
import type { Reply } from './reply.ts'
import { DONE, KEEPALIVE, STREAM_HEADERS, eventOf } from './replies.ts'
import type { Revision } from './revisions.ts'
import { REVISION_FACTS } from './revisions.ts'
import { estimateUsage } from './usage.ts'

export interface Answer {
  id: string
  threadId: string
  created: number
  revision: Revision
  chat: ChatRequest
  /** The text in the pieces it leaves in. */
  deltas: readonly string[]
}

export interface GatewayError {
  message: string
  type: string
  code: string
}

/** A whole answer as the gateway streams it when nothing goes wrong. */
export function streamReply(answer: Answer, pace: { firstTokenMs: number; deltaMs: number }): Reply {
  const deltas = deltaEvents(answer).flatMap((send, index) => {
    return index === 0 || pace.deltaMs === 0 ? [{ send }] : [{ waitMs: pace.deltaMs }, { send }]
  })
  const first = pace.firstTokenMs === 0 ? [] : [{ waitMs: pace.firstTokenMs }]
  return streamOf(answer, [...first, ...deltas, ...endEvents(answer).map((send) => ({ send }))])
}

/** A 200 stream of the given steps, opened the way the revision does. */
export function streamOf({ revision }: Answer, steps: Reply['steps']): Reply {
  const greeting = REVISION_FACTS[revision].greetsAtOnce ? [{ send: KEEPALIVE }] : []
  return { head: { status: 200, headers: STREAM_HEADERS }, steps: [...greeting, ...steps] }
}

/** One event a delta; the first one carries the role, behind the content. */
export function deltaEvents(answer: Answer, deltas = answer.deltas): string[] {
  return deltas.map((content, index) =>
    chunkEvent(answer, { choices: [choice(index === 0 ? { content, role: 'assistant' } : { content })] }),
  )
}

/** Usage when it was asked for, the stop chunk, `[DONE]`. */
export function endEvents(answer: Answer): string[] {
  return [...usageEvents(answer), stopEvent(answer), DONE]
}

export function usageEvents(answer: Answer): string[] {
  if (!answer.chat.includeUsage) return []
  return [chunkEvent(answer, { choices: [], usage: estimateUsage(answer.chat.messages, answer.deltas.join('')) })]
}

export function stopEvent(answer: Answer): string {
  return chunkEvent(answer, { choices: [choice({}, 'stop')] })
}

export function errorEvent({ threadId }: Answer, error: GatewayError): string {
  return eventOf({ error, thread_id: threadId })
}

/** Member order is the gateway's: thread last. */
export function chunkEvent(answer: Answer, members: Record<string, unknown>): string {
  const { id, created, chat, threadId } = answer
  const head = { id, object: 'chat.completion.chunk', created, model: chat.model }
  return eventOf({ ...head, ...members, thread_id: threadId })
}

export function choice(delta: Record<string, string>, finishReason: 'stop' | null = null): Record<string, unknown> {
  return { delta, index: 0, finish_reason: finishReason }
}

/** The shape of an answer without `stream: true`: usage always, thread and reasoning never. */
export function wholeDocument({ id, created, chat, deltas }: Answer): string {
  const content = deltas.join('')
  return JSON.stringify({
    id,
    object: 'chat.completion',
    created,
    model: chat.model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: estimateUsage(chat.messages, content),
  })
}

/** A reply that is one JSON document of known length. */
export function documentReply(document: string): Reply {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(document) }
  return { head: { status: 200, headers }, steps: [{ send: document }] }
}
