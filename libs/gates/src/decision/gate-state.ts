import type { GateOutcome, ReviewSubmission, TradingMode } from '@torghut/contracts'

import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import type { GateAbout } from './gate-about.ts'

export const GATE_STATE_ABOUT: GateAbout = {
  gate: 'gate-state',
  codes: ['gate_state_missing'],
  checks: 'The caller sent what the pre-trade gates need',
  why: 'Ours: a limit over nothing is none; paper states the absence in each gate it concerns',
  limits: [],
  action: 'Have the scheduler send `gate_state`',
}

/**
 * Denies new risk in live when the caller sent no state for the pre-trade gates (`gate_state_missing`). In paper the
 * absence passes and is stated in the evidence. Any mode but `paper` counts as live.
 */
export function checkGateState(submission: ReviewSubmission, mode: TradingMode): GateOutcome {
  const gate = 'gate-state'
  return guarded(gate, () => {
    const state = submission.gate_state ?? null
    if (state !== null) return passed(gate, { present: true, as_of: fact(state.as_of) })
    if (mode === 'paper') return passed(gate, { present: false })
    return denied(gate, 'gate_state_missing', { present: false })
  })
}
