import type { GateOutcome, ReviewSubmission, RuntimeControl, TradingMode } from '@torghut/contracts'

import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import { readInstant } from '../evidence/instant.ts'
import type { GateAbout } from './gate-about.ts'

export const CONTROLS_ABOUT: GateAbout = {
  gate: 'controls',
  codes: ['new_risk_halted', 'controls_unreadable'],
  checks: 'No person has halted new risk, for everything, the symbol or the strategy; live has read the controls within 10 s',
  why: 'RTS 6, Article 12: kill functionality',
  limits: [],
  action: 'See who halted it and why (`torghut controls list`); for `controls_unreadable` bring the database back',
}

/** Oldest reading of the controls that live still trades on, in milliseconds (design rule: ten seconds). */
export const CONTROLS_AGE_MAX_MS = 10_000

/** The hard switches as a replica last read them. */
export interface ControlsSnapshot {
  /** The instant they are applied at, on the wall clock, also in a replay: people set them for now. */
  asOf: string
  /** Milliseconds since the last successful reading began; null when there was none. */
  ageMs: number | null
  /** Those that were on, expired ones included. */
  controls: readonly RuntimeControl[]
}

/**
 * Denies new risk while a person has halted it (`new_risk_halted`) for everything, this symbol or this strategy, and in
 * live when the controls were not read for `CONTROLS_AGE_MAX_MS` (`controls_unreadable`). In paper an old reading is
 * stated in the evidence and its halts still hold. Any mode but `paper` counts as live.
 */
export function checkControls(submission: ReviewSubmission, snapshot: ControlsSnapshot, mode: TradingMode): GateOutcome {
  const gate = 'controls'
  return guarded(gate, () => {
    const halts = controlsInForce('halt_new_risk', submission, snapshot)
    const isReadable = isRecent(snapshot.ageMs)
    const evidence = {
      as_of: fact(snapshot.asOf),
      age_ms: fact(snapshot.ageMs),
      readable: isReadable,
      halts: halts.map(({ scope, set_at, expires_at }) => ({
        symbol: fact(scope?.symbol ?? null),
        strategy_id: fact(scope?.strategy_id ?? null),
        set_at: fact(set_at),
        expires_at: fact(expires_at),
      })),
    }
    if (halts.length > 0) return denied(gate, 'new_risk_halted', evidence)
    if (!isReadable && mode !== 'paper') return denied(gate, 'controls_unreadable', evidence)
    return passed(gate, evidence)
  })
}

/** The controls of a name that bind this decision: on, of its scope, and not expired at `asOf`. */
export function controlsInForce(
  name: RuntimeControl['name'],
  { request: { decision } }: ReviewSubmission,
  { asOf, controls }: ControlsSnapshot,
): RuntimeControl[] {
  return controls.filter((control) => {
    const { scope } = control
    const covers = isFor(scope?.symbol, decision.symbol) && isFor(scope?.strategy_id, decision.strategy_id)
    return control.name === name && control.value !== false && covers && !hasExpired(control.expires_at, asOf)
  })
}

function isFor(scoped: string | null | undefined, value: string): boolean {
  return scoped === undefined || scoped === null || scoped === value
}

/** At its very instant a control is over. One whose time cannot be read stays in force. */
function hasExpired(expiresAt: string | null, asOf: string): boolean {
  const [end, now] = [readInstant(expiresAt), readInstant(asOf)]
  return end !== null && now !== null && end <= now
}

/** A negative age is a clock fault, not a fresh reading. */
function isRecent(ageMs: number | null): boolean {
  return typeof ageMs === 'number' && ageMs >= 0 && ageMs <= CONTROLS_AGE_MAX_MS
}
