import type { BreakerState, CircuitSnapshot } from '@torghut/contracts'

import { breakerPhase } from './breaker.ts'
import type { BreakerSettings } from './breaker.ts'
import { countCalls } from './call-window.ts'

/** A breaker as `/trading/status` shows it (contract 3.7), in seconds and UTC. */
export function circuitSnapshot(state: BreakerState, settings: BreakerSettings, nowMs: number): CircuitSnapshot {
  const open = breakerPhase(state, nowMs) !== 'closed'
  return {
    open,
    open_until: toInstant(state.openUntilMs),
    opened_at: toInstant(state.openedAtMs),
    max_errors: settings.maxErrors,
    window_seconds: settings.windowMs / 1000,
    cooldown_seconds: settings.cooldownMs / 1000,
    cooldown_remaining_seconds: secondsBetween(nowMs, state.openUntilMs),
    open_seconds: open ? secondsBetween(state.openedAtMs ?? nowMs, nowMs) : 0,
    recent_error_count: countCalls(state.buckets, settings.windowMs, nowMs).failures,
  }
}

function toInstant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

function secondsBetween(fromMs: number, toMs: number | null): number {
  return toMs === null ? 0 : Math.max(0, Math.round(toMs - fromMs) / 1000)
}
