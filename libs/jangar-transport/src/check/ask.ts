import type { Dispatcher } from 'undici'
import { request as sendRequest } from 'undici'

import type { AssembledStream, GatewayError } from '../assembler.ts'
import { applyEvent, emptyStream } from '../assembler.ts'
import { connectFailure, nameErrors, word } from '../failure.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { openSample } from '../sample.ts'
import { createStreamReader } from '../stream-reader.ts'

/** One exchange as it is sent: whatever a probe wants, right or wrong. */
export interface Question {
  method: 'GET' | 'POST'
  url: string
  headers: Record<string, string>
  body: string | null
}

/** What came back, read both ways: as the stream it may be and as the document it may be. */
export interface Reply {
  status: number
  type: string
  stream: AssembledStream
  document: unknown
  errors: GatewayError[]
  /** When the first byte of the body came, in milliseconds from the question. */
  firstByteMs: number | null
  /** Whether that byte began a comment. */
  greeted: boolean
  totalMs: number
}

export interface AskPorts {
  dispatcher: Dispatcher
  timeoutMs: number
  now: () => number
}

/** Longest document read; a list of models or a short answer is far below it. */
const DOCUMENT_BYTES_MAX = 1024 * 1024

/** Asks once. A connection that fails or takes too long is a text that says so, never an exception. */
export async function ask(question: Question, ports: AskPorts): Promise<Reply | string> {
  const { dispatcher, timeoutMs, now } = ports
  const signal = AbortSignal.timeout(timeoutMs)
  const startedMs = now()
  try {
    const { url, ...rest } = question
    const response = await sendRequest(url, { ...rest, dispatcher, signal, headersTimeout: 0, bodyTimeout: 0 })
    return await readReply(response, startedMs, now)
  } catch (error) {
    return signal.aborted ? `no end within ${timeoutMs} ms` : connectFailure(error).detail
  }
}

async function readReply(response: Dispatcher.ResponseData, startedMs: number, now: () => number): Promise<Reply> {
  const reader = createStreamReader(DEFAULT_LIMITS)
  const sample = openSample()
  const chunks: Buffer[] = []
  let bytes = 0
  let firstByteMs: number | null = null
  for await (const chunk of response.body) {
    firstByteMs ??= now() - startedMs
    sample.push(chunk as Uint8Array)
    reader.push(chunk as Uint8Array)
    bytes += (chunk as Uint8Array).byteLength
    if (bytes <= DOCUMENT_BYTES_MAX) chunks.push(Buffer.from(chunk as Uint8Array))
  }
  const document = parseJson(Buffer.concat(chunks).toString())
  const header = response.headers['content-type']
  return {
    status: response.statusCode,
    type: (Array.isArray(header) ? header.join(', ') : (header ?? '')).split(';')[0]?.trim().toLowerCase() ?? '',
    stream: reader.stream,
    document,
    errors: reader.stream.errors.length > 0 ? reader.stream.errors : errorsOf(document),
    firstByteMs,
    greeted: sample.bytes()[0] === COLON,
    totalMs: now() - startedMs,
  }
}

const COLON = 0x3a

/** What came back in a few plain words; nothing a gateway wrote travels further than that. */
export function describeReply(reply: Reply | string): string {
  if (typeof reply === 'string') return reply
  const { status, type, stream, errors, totalMs } = reply
  const told = [String(status), type === '' ? 'no content type' : word(type)]
  if (stream.frames > 0) told.push(`${stream.frames} data events`)
  if (stream.violation !== null) told.push(stream.violation.detail)
  if (errors.length > 0) told.push(nameErrors(errors))
  if (stream.finishReason !== null) told.push(`finish ${word(stream.finishReason)}`)
  if (stream.done) told.push('[DONE]')
  if (stream.usage !== null) told.push(`${stream.usage.totalTokens} tokens`)
  return `${told.join(', ')} (${Math.round(totalMs)} ms)`
}

function errorsOf(document: unknown): GatewayError[] {
  const stream = emptyStream()
  applyEvent(stream, { kind: 'data', data: JSON.stringify(document ?? null) }, 0)
  return stream.errors
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
