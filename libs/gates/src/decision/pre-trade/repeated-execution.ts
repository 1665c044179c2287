import { fact } from '../../evidence/outcome.ts'
import { controlsInForce } from '../controls.ts'
import type { PreTradeFacts } from './facts.ts'
import { judgeRoomForOne } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies a strategy that repeats itself, and keeps denying it until a person has cleared its throttle. */
export const repeatedExecution: PreTradeGate = {
  about: {
    gate: 'repeated-execution',
    codes: ['repeated_execution'],
    checks: 'The strategy has not repeated itself more often than allowed on this symbol, and no throttle is closed',
    why: 'RTS 6, Article 15(3): after a set number of repeated executions the system is disabled until a designated person re-enables it',
    limits: ['limits.max_repeats_per_day'],
    action: 'Find out why it repeats, reset the count of the scheduler, then `torghut throttle clear`',
  },
  judge: (facts) => {
    if (throttles(facts).length > 0) return 'breached'
    const { state, limits } = facts
    if (limits.max_repeats_per_day === null) return 'limit_not_configured'
    return state === null ? 'gate_state_missing' : judgeRoomForOne(state.activity.repeats_today, limits.max_repeats_per_day)
  },
  evidence: (facts) => ({
    throttled_at: fact(throttles(facts)[0]?.set_at ?? null),
    repeats: fact(facts.state?.activity.repeats_today ?? null),
    max: fact(facts.limits.max_repeats_per_day),
  }),
}

function throttles({ submission, controls }: PreTradeFacts) {
  return controlsInForce('throttle', submission, controls)
}
