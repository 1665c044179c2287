import { Agent } from 'undici'

import { createJangarTransport } from '../complete.ts'
import { JangarUnreachableError } from '../errors.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import type { AskPorts, Reply } from './ask.ts'
import { ask, describeReply } from './ask.ts'
import type { Probe, ProbeTarget } from './probes.ts'
import { PROBE_MESSAGES, probesFor } from './probes.ts'

export interface GatewayCheckOptions extends ProbeTarget {
  /** Longest wait for one reply, in milliseconds. */
  timeoutMs: number
  /** A monotonic clock in milliseconds. */
  now?: (() => number) | undefined
}

export interface GatewayCheckRow {
  asked: string
  expected: string
  came: string
  passed: boolean
}

export interface GatewayCheck {
  /** The recorded revision it behaves like; null when it behaves like none. */
  revision: 'R1' | 'R2' | 'R3' | null
  rows: GatewayCheckRow[]
}

/**
 * Runs the transport contract against a live gateway, clause by clause; three short model calls are
 * made. Throws `JangarUnreachableError` when the first question gets no reply at all.
 */
export async function checkGateway(options: GatewayCheckOptions): Promise<GatewayCheck> {
  const dispatcher = new Agent({ connect: { timeout: DEFAULT_LIMITS.connectMs } })
  const ports: AskPorts = { dispatcher, timeoutMs: options.timeoutMs, now: options.now ?? (() => performance.now()) }
  const asked: { probe: Probe; reply: Reply | string }[] = []
  try {
    for (const probe of probesFor(options)) {
      const reply = await ask(probe.question, ports)
      if (asked.length === 0 && typeof reply === 'string') throw new JangarUnreachableError(options.origin, reply)
      asked.push({ probe, reply })
    }
  } finally {
    await dispatcher.destroy()
  }
  const rows = asked.map(({ probe, reply }) => ({
    asked: probe.asked,
    expected: probe.expected,
    came: describeReply(reply),
    passed: typeof reply !== 'string' && probe.passes(reply),
  }))
  return { revision: revisionOf(asked), rows: [...rows, await checkTransport(options)] }
}

/** A comment that comes sooner than this came at once; the older revisions send their first after five seconds. */
const GREETING_MS = 4_000

function revisionOf(asked: { probe: Probe; reply: Reply | string }[]): GatewayCheck['revision'] {
  const replyTo = (name: Probe['name']): Reply | null => {
    const reply = asked.find(({ probe }) => probe.name === name)?.reply
    return reply === undefined || typeof reply === 'string' ? null : reply
  }
  const stream = replyTo('stream')
  const whole = replyTo('whole')
  if (whole?.errors.some(({ code }) => code === 'stream_required') === true) return 'R1'
  if (stream?.status !== 200 || stream.stream.frames === 0) return null
  return stream.greeted && (stream.firstByteMs ?? GREETING_MS) < GREETING_MS ? 'R3' : 'R2'
}

/** The same way a review goes: through the one transport, within one deadline. */
async function checkTransport({ origin, model, apiKey, timeoutMs }: GatewayCheckOptions): Promise<GatewayCheckRow> {
  const transport = createJangarTransport({ chatUrl: `${origin}/openai/v1/chat/completions`, apiKey })
  const result = await transport.complete({ model, messages: PROBE_MESSAGES }, { timeoutMs })
  await transport.close()
  const { attempts, totalMs } = result.trace
  return {
    asked: 'a completion, as a review asks for one',
    expected: `an answer within ${timeoutMs} ms`,
    came: result.ok
      ? `${result.content.trim().length} characters in ${attempts} attempts (${Math.round(totalMs)} ms)`
      : `${result.cause}: ${result.detail}`,
    passed: result.ok && result.content.trim() !== '',
  }
}
