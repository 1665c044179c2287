import type { Dispatcher } from 'undici'
import { request as sendRequest } from 'undici'

import type { AssembledStream } from './assembler.ts'
import { emptyStream } from './assembler.ts'
import type { Deadline } from './deadline.ts'
import { readErrorBody } from './error-body.ts'
import type { Failure } from './failure.ts'
import {
  connectFailure,
  errorFrameFailure,
  failure,
  httpFailure,
  strangeReply,
  violationFailure,
} from './failure.ts'
import type { TransportLimits } from './limits.ts'
import { readRetryAfterMs, refuseHead } from './response-head.ts'
import type { GatewayRequest } from './request.ts'
import { openSample } from './sample.ts'
import { createStreamReader } from './stream-reader.ts'
import type { Watch } from './watch.ts'
import { openWatch } from './watch.ts'

/** One HTTP exchange, as far as it came. `failure` is null only for a complete, clean answer. */
export interface Attempt {
  failure: Failure | null
  stream: AssembledStream
  bytes: number
  /** The clock's reading at the first text (content or reasoning), or null. */
  firstTokenAtMs: number | null
}

export interface AttemptPorts {
  chatUrl: string
  dispatcher: Dispatcher
  limits: TransportLimits
  now: () => number
}

/**
 * Sends the request once and reads to the end of the stream. Never throws; leaves no timer and no
 * busy socket.
 */
export async function attemptCompletion(
  request: GatewayRequest,
  deadline: Deadline,
  ports: AttemptPorts,
): Promise<Attempt> {
  const watch = openWatch(deadline)
  try {
    const response = sendRequest(ports.chatUrl, {
      method: 'POST',
      body: request.body,
      headers: request.headers,
      dispatcher: ports.dispatcher,
      signal: watch.signal,
      // Healthy headers may take five seconds and a body may pause: the deadline and the watch bound both.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    return await readResponse(await unlessAborted(response, watch.signal), watch, ports)
  } catch (error) {
    return withoutStream(stopped(watch) ?? connectFailure(error))
  } finally {
    watch.close()
  }
}

/**
 * Rejects as soon as the signal fires. The client itself hears an abort only once its connection
 * stands, and a connect may take seconds.
 */
function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

async function readResponse(
  response: Dispatcher.ResponseData,
  watch: Watch,
  ports: AttemptPorts,
): Promise<Attempt> {
  const refusal = refuseHead(response)
  if (response.statusCode < 400 && refusal === null) return readStream(response, watch, ports)
  watch.armOnce(ports.limits.drainMs)
  const { errors, body, bytes } = await readErrorBody(response, ports.limits)
  if (response.statusCode < 400) return withoutStream(strangeReply(String(refusal), errors, body), bytes)
  return withoutStream(httpFailure(response.statusCode, errors, readRetryAfterMs(response)), bytes)
}

/**
 * Reads to the end of the body, also after an error frame (usage may follow) and after `[DONE]`
 * (frees the socket).
 */
async function readStream(
  { body }: Dispatcher.ResponseData,
  watch: Watch,
  ports: AttemptPorts,
): Promise<Attempt> {
  const reader = createStreamReader(ports.limits)
  const { stream } = reader
  const sample = openSample()
  let firstTokenAtMs: number | null = null
  let framesSeen = 0
  watch.arm(ports.limits.stallMs)
  try {
    for await (const chunk of body) {
      sample.push(chunk as Uint8Array)
      reader.push(chunk as Uint8Array)
      if (stream.violation !== null) break
      if (firstTokenAtMs === null && stream.content + stream.reasoning !== '') firstTokenAtMs = ports.now()
      if (stream.done || stream.errors.length > 0) watch.armOnce(ports.limits.drainMs)
      else if (stream.frames > framesSeen) watch.arm(ports.limits.stallMs)
      framesSeen = stream.frames
    }
  } catch {
    // The body broke or a watch cut it; what arrived and why it was cut say the rest.
  }
  const why = stream.frames + stream.keepalives === 0 ? strangeStream(sample.bytes()) : null
  return { failure: why ?? judge(stream, watch), stream, bytes: reader.bytes, firstTokenAtMs }
}

/** A body without a single event that does not even begin like one was sent by something else. */
function strangeStream(sample: Uint8Array): Failure | null {
  const start = Buffer.from(sample.subarray(0, DATA_FIELD.length)).toString('latin1')
  if (DATA_FIELD.startsWith(start) || start.startsWith(':')) return null
  return { ...failure('gateway_protocol', 'Body is not an event stream of ours'), sample }
}

const DATA_FIELD = 'data:'

/** Worst first: an untrustworthy stream, then the gateway's own word, then an early end. */
function judge(stream: AssembledStream, watch: Watch): Failure | null {
  if (stream.violation !== null) return violationFailure(stream.violation)
  if (stream.errors.length > 0) return errorFrameFailure(stream.errors)
  if (stream.done && stream.finishReason === 'stop') return null
  if (stream.done) return failure('gateway_truncated', 'Stream was done without finish reason stop')
  return (
    stopped(watch) ??
    failure('gateway_truncated', `Body ended after ${stream.frames} data events without [DONE]`)
  )
}

function stopped(watch: Watch): Failure | null {
  if (watch.reason === 'caller') return failure('gateway_timeout', 'The caller ended the call')
  if (watch.reason === 'deadline') return failure('gateway_timeout', 'The call used up its budget')
  if (watch.reason === 'idle') return failure('gateway_stalled', 'No data event within the stall limit')
  return null
}

function withoutStream(why: Failure, bytes = 0): Attempt {
  return { failure: why, stream: emptyStream(), bytes, firstTokenAtMs: null }
}
