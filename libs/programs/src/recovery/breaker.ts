import type { BreakerState } from '@torghut/contracts'

import { addCalls, countCalls } from './call-window.ts'
import type { CallBatch } from './call-window.ts'

export interface BreakerSettings {
  /** Failures it takes, in the window and in a row alike. */
  maxErrors: number
  windowMs: number
  cooldownMs: number
}

/** Calls the window must hold before the share of failures is judged; with fewer, traffic is low. */
export const SHARE_CALLS_MIN = 20

/** Share of failed calls from which a breaker opens, in percent. Plain counts would trip it all day at high traffic. */
export const ERROR_PERCENT_MIN = 20

export type BreakerPhase = 'closed' | 'open' | 'half_open'

/** What became of a probe: `unused` when no call went out after all. */
export type ProbeResult = 'success' | 'failure' | 'unused'

/** A breaker that has seen nothing. */
export function closedBreaker(): BreakerState {
  return { buckets: [], streak: [], openedAtMs: null, openUntilMs: null, probe: null }
}

/** Closed: every call may go. Open: none. Half-open, from `openUntilMs` on: a single probe. */
export function breakerPhase({ openUntilMs }: BreakerState, nowMs: number): BreakerPhase {
  if (openUntilMs === null) return 'closed'
  return nowMs < openUntilMs ? 'open' : 'half_open'
}

/**
 * Counts finished calls of a closed breaker and opens it when they show an outage. Calls that end while it is not closed
 * began before it opened and tell nothing new: they neither close it nor make it wait longer.
 */
export function recordCalls(
  state: BreakerState,
  batch: CallBatch,
  settings: BreakerSettings,
  nowMs: number,
): BreakerState {
  if (state.openUntilMs !== null || batch.calls === 0) return state
  const counted: BreakerState = {
    ...state,
    buckets: addCalls(state.buckets, batch, settings.windowMs, nowMs),
    streak: extendStreak(state.streak, batch, settings, nowMs),
  }
  if (batch.failures === 0 || !showsOutage(counted, settings, nowMs)) return counted
  return { ...counted, openedAtMs: nowMs, openUntilMs: nowMs + settings.cooldownMs, probe: null }
}

/**
 * Gives the one probe of a half-open breaker to `owner` until `untilMs`, or null when it is not due or somebody has it.
 * A probe whose owner went away is free again at its `untilMs`.
 */
export function takeProbe(
  state: BreakerState,
  probe: { owner: string; untilMs: number },
  nowMs: number,
): BreakerState | null {
  return mayProbe(state, nowMs) ? { ...state, probe } : null
}

/** Whether a half-open breaker's probe is free. */
export function mayProbe(state: BreakerState, nowMs: number): boolean {
  if (breakerPhase(state, nowMs) !== 'half_open') return false
  return state.probe === null || state.probe.untilMs <= nowMs
}

/**
 * Ends a probe: a success closes the breaker and forgets what it counted, a failure opens it for a new cool-down, an
 * unused probe goes back. From anybody but the probe's owner it changes nothing.
 */
export function settleProbe(
  state: BreakerState,
  { owner, result }: { owner: string; result: ProbeResult },
  settings: BreakerSettings,
  nowMs: number,
): BreakerState {
  if (state.probe?.owner !== owner) return state
  if (result === 'success') return closedBreaker()
  if (result === 'unused') return { ...state, probe: null }
  return { ...state, openUntilMs: nowMs + settings.cooldownMs, probe: null }
}

/** The newest failures since the last success that lie in the window, never more than could matter. */
function extendStreak(
  streak: readonly number[],
  batch: CallBatch,
  { maxErrors, windowMs }: BreakerSettings,
  nowMs: number,
): number[] {
  const before = batch.calls === batch.failures ? streak.filter((atMs) => atMs > nowMs - windowMs) : []
  const added = Array.from({ length: Math.min(batch.tailFailures, maxErrors) }, () => nowMs)
  return [...before, ...added].slice(-maxErrors)
}

function showsOutage(state: BreakerState, { maxErrors, windowMs }: BreakerSettings, nowMs: number): boolean {
  const { calls, failures } = countCalls(state.buckets, windowMs, nowMs)
  if (calls < SHARE_CALLS_MIN) return state.streak.length >= maxErrors
  return failures >= maxErrors && failures * 100 >= calls * ERROR_PERCENT_MIN
}
