import { setTimeout as sleep } from 'node:timers/promises'

import type {
  CompletionRequest,
  CompletionResult,
  CompletionTrace,
  CompletionTransport,
} from '@torghut/contracts'
import type { Dispatcher } from 'undici'
import { Agent } from 'undici'

import type { Attempt, AttemptPorts } from './attempt.ts'
import { attemptCompletion } from './attempt.ts'
import { backOffMs } from './back-off.ts'
import type { Deadline } from './deadline.ts'
import { openDeadline } from './deadline.ts'
import { JangarSettingsError } from './errors.ts'
import type { Failure } from './failure.ts'
import { failure, safeDetail } from './failure.ts'
import type { TransportLimits } from './limits.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { buildGatewayRequest } from './request.ts'
import { API_KEY_LENGTH_MAX, excerptOf } from './sample.ts'

export interface JangarTransportOptions {
  /** The whole address of the chat endpoint, as `parseJangarBaseUrl` gives it. */
  chatUrl: string
  /** Sent as a bearer token; null or empty sends none. The gateway reads none today. */
  apiKey?: string | null | undefined
  /** Whoever passes one closes it; without, the transport owns a pool of its own. */
  dispatcher?: Dispatcher | undefined
  limits?: Partial<TransportLimits> | undefined
  /** A number from 0 up to 1 that spreads retries. */
  jitter?: (() => number) | undefined
  /** A monotonic clock in milliseconds. */
  now?: (() => number) | undefined
}

export interface JangarTransport extends CompletionTransport {
  /** Ends running calls as failures and closes the sockets of the own pool. */
  close(): Promise<void>
}

/**
 * The only way to a model: streams one answer within its budget. Throws `JangarSettingsError` here,
 * never in a call.
 */
export function createJangarTransport(options: JangarTransportOptions): JangarTransport {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const chatUrl = readChatUrl(options.chatUrl)
  const apiKey = readApiKey(options.apiKey)
  const pool = openPool(limits)
  const ports: CallPorts = {
    chatUrl,
    apiKey,
    limits,
    dispatcher: options.dispatcher ?? pool,
    now: options.now ?? (() => performance.now()),
    jitter: options.jitter ?? Math.random,
  }
  return {
    complete: (request, { timeoutMs, signal }) => complete(request, timeoutMs, signal, ports),
    close: async () => pool.destroy(),
  }
}

interface CallPorts extends AttemptPorts {
  jitter: () => number
  apiKey: string | null
}

async function complete(
  request: CompletionRequest,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  ports: CallPorts,
): Promise<CompletionResult> {
  const startedAtMs = ports.now()
  const deadline = openDeadline(timeoutMs, signal, ports.now)
  try {
    const tries = await tryUntilSettled(request, deadline, ports)
    const trace = traceOf(tries, startedAtMs, ports.now())
    const { failure: why, stream } = tries.last
    if (why === null) return { ok: true, content: stream.content, trace }
    return { ok: false, cause: why.cause, detail: tellFailure(why, ports.apiKey), trace }
  } finally {
    deadline.close()
  }
}

function tellFailure({ detail, sample }: Failure, apiKey: string | null): string {
  const told = safeDetail(detail, apiKey)
  return sample === undefined || sample.length === 0 ? told : `${told}; it began "${excerptOf(sample, apiKey)}"`
}

interface Tries {
  last: Attempt
  attempts: number
  bytes: number
}

/**
 * Attempts until one is clean, cannot be helped by another, or leaves too little of the budget for
 * one.
 */
async function tryUntilSettled(
  request: CompletionRequest,
  deadline: Deadline,
  ports: CallPorts,
): Promise<Tries> {
  const gatewayRequest = buildGatewayRequest(request, ports.apiKey)
  let bytes = 0
  for (let attempts = 1; ; attempts += 1) {
    const last = await attemptCompletion(gatewayRequest, deadline, ports)
    bytes += last.bytes
    if (last.failure?.retryable !== true || attempts >= ports.limits.attemptsMax)
      return { last, attempts, bytes }
    const pauseMs = Math.max(
      backOffMs(attempts, ports.limits, ports.jitter()),
      last.failure.retryAfterMs ?? 0,
    )
    if (deadline.remainingMs() < pauseMs + ports.limits.attemptMinMs) return { last, attempts, bytes }
    const rested = await rest(pauseMs, deadline.signal)
    if (!rested) return { last: { ...last, failure: interrupted(last.failure) }, attempts, bytes }
  }
}

/** False when the call was ended meanwhile. */
async function rest(pauseMs: number, signal: AbortSignal): Promise<boolean> {
  return sleep(pauseMs, true, { signal }).catch(() => false)
}

function interrupted(before: Failure): Failure {
  return failure('gateway_timeout', `The call was ended between attempts, after ${before.cause}`)
}

/** Text and ids are those of the last attempt; bytes count every attempt, because each was paid for. */
function traceOf({ last, attempts, bytes }: Tries, startedAtMs: number, endedAtMs: number): CompletionTrace {
  return {
    attempts,
    firstTokenMs: last.firstTokenAtMs === null ? null : last.firstTokenAtMs - startedAtMs,
    totalMs: endedAtMs - startedAtMs,
    bytes,
    completionId: last.stream.completionId,
    threadId: last.stream.threadId,
    usage: last.stream.usage,
  }
}

function openPool(limits: TransportLimits): Agent {
  return new Agent({
    connect: { timeout: limits.connectMs },
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
  })
}

function readChatUrl(chatUrl: string): string {
  const url = URL.parse(chatUrl)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new JangarSettingsError('chatUrl', 'is not an HTTP address')
  return chatUrl
}

/**
 * A key that no header can carry would fail every call with an obscure reason, so it is refused at
 * start.
 */
function readApiKey(apiKey: string | null | undefined): string | null {
  if (apiKey === undefined || apiKey === null || apiKey === '') return null
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new JangarSettingsError('apiKey', 'holds characters no header can carry')
  if (apiKey.length > API_KEY_LENGTH_MAX)
    throw new JangarSettingsError('apiKey', `is longer than ${API_KEY_LENGTH_MAX} characters`)
  return apiKey
}
