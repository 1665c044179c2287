import { Stage } from '@torghut/contracts'

import { UNITS_PER_ONE, readPositiveUnits } from '../../evidence/decimal.ts'
import { fact } from '../../evidence/outcome.ts'
import { notionalText } from './exposure.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies what is too large for the stage the artifact serves under. */
export const constrainedStage: PreTradeGate = {
  about: {
    gate: 'constrained-stage',
    codes: ['stage_notional_exceeded'],
    checks: 'An artifact on trial in live decides about small orders only',
    why: 'Ours: the ladder of promotion gives a new artifact a part of the decisions, under a cap',
    limits: ['limits.constrained_live_max_order_notional_usd'],
    action: 'Nothing; larger orders wait until the artifact is promoted further',
  },
  judge: ({ stage, state, notional, limits: { constrained_live_max_order_notional_usd: max } }) => {
    if (!Stage.options.includes(stage)) return 'unreadable'
    if (max === null) return 'limit_not_configured'
    const cap = readPositiveUnits(max)
    if (cap === null) return 'unreadable'
    if (stage !== 'constrained_live') return 'passed'
    if (state === null) return 'gate_state_missing'
    if (notional === null) return 'unreadable'
    return notional <= cap * UNITS_PER_ONE ? 'passed' : 'breached'
  },
  evidence: ({ stage, notional, limits }) => ({
    stage: fact(stage),
    notional_usd: notionalText(notional),
    max: fact(limits.constrained_live_max_order_notional_usd),
  }),
}
