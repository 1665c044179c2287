import type { CompletionUsage } from '@torghut/contracts'
import { z } from 'zod'

/**
 * An error frame as the gateway sent it. The message is untrusted free text: show type and code
 * instead.
 */
export interface GatewayError {
  type: string
  code: string
  message: string
}

/** All that is known of a stream so far. */
export interface AssembledStream {
  content: string
  reasoning: string
  usage: CompletionUsage | null
  errors: GatewayError[]
  finishReason: string | null
  /** `[DONE]` was seen; nothing after it belongs to the answer. */
  done: boolean
  completionId: string | null
  threadId: string | null
  /** Data events, `[DONE]` not counted. */
  frames: number
  /** Comments. They prove an open connection, never progress. */
  keepalives: number
  /** Why the stream cannot be trusted at all; set once, and nothing is read after it. */
  violation: Violation | null
}

/**
 * `broken`: our stream, damaged on its way, and another try may come through whole. `excess`: more
 * than is ever read, and it would come again.
 */
export interface Violation {
  kind: 'broken' | 'excess'
  detail: string
}

export type StreamEvent = { kind: 'comment' } | { kind: 'data'; data: string }

/** A stream nothing has arrived on. */
export function emptyStream(): AssembledStream {
  return {
    content: '',
    reasoning: '',
    usage: null,
    errors: [],
    finishReason: null,
    done: false,
    completionId: null,
    threadId: null,
    frames: 0,
    keepalives: 0,
    violation: null,
  }
}

/**
 * Takes one parsed event into `stream`, in place: a stream has thousands of events and one owner.
 * Never throws.
 */
export function applyEvent(stream: AssembledStream, event: StreamEvent, contentLengthMax: number): void {
  if (stream.done || stream.violation !== null) return
  if (event.kind === 'comment') stream.keepalives += 1
  else if (event.data === '[DONE]') finish(stream)
  else applyData(stream, event.data, contentLengthMax)
}

/**
 * A delta may hold half a surrogate pair and the next one the other half; a half left over is lost
 * text.
 */
function finish(stream: AssembledStream): void {
  stream.done = true
  if (!stream.content.isWellFormed()) stream.violation = broken('Text ends with a broken surrogate pair')
}

function applyData(stream: AssembledStream, data: string, contentLengthMax: number): void {
  stream.frames += 1
  const frame = parseJson(data)
  if (holdsError(frame)) return applyError(stream, ErrorFrame.parse(frame))
  const chunk = Chunk.safeParse(frame)
  if (!chunk.success) stream.violation = broken(`Data event ${stream.frames} is not a chunk and not an error`)
  else if (isForeign(stream, chunk.data)) {
    stream.violation = broken(`Data event ${stream.frames} belongs to another completion`)
  } else applyChunk(stream, chunk.data, contentLengthMax)
}

/** All chunks of a call carry one id; another one means that two answers were mixed on the way. */
function isForeign(stream: AssembledStream, { id }: Chunk): boolean {
  return stream.completionId !== null && typeof id === 'string' && id !== stream.completionId
}

function broken(detail: string): Violation {
  return { kind: 'broken', detail }
}

/** A frame with an `error` member that is not null is an error frame, whatever else it holds. */
function holdsError(frame: unknown): boolean {
  return typeof frame === 'object' && frame !== null && 'error' in frame && frame.error !== null
}

function applyError(stream: AssembledStream, frame: ErrorFrame): void {
  stream.threadId ??= frame.thread_id
  stream.errors.push(frame.error)
}

/**
 * Once an error frame was seen the answer is spoilt: later text is ignored, usage and the end still
 * count.
 */
function applyChunk(stream: AssembledStream, chunk: Chunk, contentLengthMax: number): void {
  stream.completionId ??= chunk.id ?? null
  stream.threadId ??= chunk.thread_id ?? null
  stream.usage = chunk.usage ?? stream.usage
  const choice = chunk.choices[0]
  if (choice === undefined) return
  stream.finishReason = choice.finish_reason ?? stream.finishReason
  if (stream.errors.length > 0) return
  stream.content += choice.delta?.content ?? ''
  stream.reasoning += choice.delta?.reasoning_content ?? ''
  if (stream.content.length + stream.reasoning.length > contentLengthMax) {
    stream.violation = { kind: 'excess', detail: `Text exceeds ${contentLengthMax} characters` }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const TokenCount = z.int().nonnegative()

/** Usage is a courtesy: numbers that cannot be read are as good as none and never spoil an answer. */
const Usage = z
  .object({ prompt_tokens: TokenCount, completion_tokens: TokenCount, total_tokens: TokenCount })
  .transform((usage) => ({
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    totalTokens: usage.total_tokens,
  }))
  .nullish()
  .catch(null)

/**
 * Only the members we use; a stranger may send more. Two choices would be two answers, so one is
 * the limit.
 */
const Chunk = z.object({
  id: z.string().max(256).nullish(),
  thread_id: z.string().max(256).nullish(),
  choices: z
    .array(
      z.object({
        index: z.literal(0).optional(),
        delta: z.object({ content: z.string().nullish(), reasoning_content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .max(1),
  usage: Usage,
})
type Chunk = z.output<typeof Chunk>

/**
 * Whatever an `error` member holds, it is an error: words that are missing or odd are replaced, not
 * refused.
 */
const ErrorFrame = z.object({
  error: z.preprocess(
    (value) => (typeof value === 'object' && value !== null ? value : {}),
    z.object({
      type: z.string().catch('unknown'),
      code: z.string().catch('unknown'),
      message: z.string().catch(''),
    }),
  ),
  thread_id: z.string().max(256).nullable().catch(null),
})
type ErrorFrame = z.output<typeof ErrorFrame>
