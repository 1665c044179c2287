import type { FallbackCause } from '@torghut/contracts'

import { classifyFailure } from './classify.ts'
import type { FailureClass } from './classify.ts'

export interface RetrySettings {
  /** Attempts in total, the first included. */
  attemptsMax: number
  /** The pause after the first attempt, before jitter; it doubles up to `delayMaxMs`. */
  delayMs: number
  delayMaxMs: number
  /** How far jitter moves a pause either way, as a share of it. */
  jitter: number
  /** How much longer a resource is waited for: room comes back more slowly than a connection. */
  resourceFactor: number
}

/** The retry numbers the program graph was specified with. */
export const RETRY_DEFAULTS: Readonly<RetrySettings> = {
  attemptsMax: 3,
  delayMs: 100,
  delayMaxMs: 10_000,
  jitter: 0.25,
  resourceFactor: 4,
}

export interface RetryPorts {
  /** A number from 0 up to 1. */
  random: () => number
  /** How long the other side asked to be left alone; null when it said nothing. */
  retryAfterMs: number | null
  /** What is left of the run's time. */
  remainingMs: number
}

/**
 * The pause before the next attempt after `attempt` (1, 2, …) failed, in milliseconds, or null to give up: on a class
 * no retry helps, after the last attempt, and when the pause would use up the time that is left.
 */
export function nextDelayMs(
  attempt: number,
  failureClass: FailureClass,
  { random, retryAfterMs, remainingMs }: RetryPorts,
  settings: RetrySettings = RETRY_DEFAULTS,
): number | null {
  if (failureClass === 'validation' || failureClass === 'fatal') return null
  if (attempt >= settings.attemptsMax) return null
  const factor = failureClass === 'resource' ? settings.resourceFactor : 1
  const full = Math.min(settings.delayMaxMs, settings.delayMs * factor * 2 ** (attempt - 1))
  const spread = full * (1 + settings.jitter * (2 * random() - 1))
  const delayMs = Math.max(spread, retryAfterMs ?? 0)
  return delayMs < remainingMs ? delayMs : null
}

/** A failed step of a node. */
export interface NodeFailure {
  cause: FallbackCause
  /** HTTP status, where there was one. */
  status?: number
  /**
   * Attempts so far, those the transport made inside its calls included; a call refused before it went out is one
   * too.
   */
  attempts: number
}

/**
 * Whether a node is tried again. The transport retries inside a call, knowing the status and what the gateway asked
 * for, so a node retries little on its own: both count the same attempts, and three are all there are. A call that
 * timed out or stalled is over for good: the transport had the node's whole time, and a gateway that lost its backend
 * hangs again. What is left to a node are calls that never went out (`overloaded`), and transports that try only
 * once. An answer that cannot be used is the re-ask's business, which tells the model why; a retry would only say the
 * same again.
 */
export function nodeRetryDelayMs(
  { cause, status, attempts }: NodeFailure,
  ports: RetryPorts,
  settings?: RetrySettings,
): number | null {
  if (cause === 'gateway_timeout' || cause === 'gateway_stalled') return null
  return nextDelayMs(attempts, classifyFailure(cause, status), ports, settings)
}
