import { fact } from '../../evidence/outcome.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies new risk in a halted instrument. */
export const instrumentHalt: PreTradeGate = {
  about: {
    gate: 'instrument-halt',
    codes: ['instrument_halted'],
    checks: 'The instrument is not halted',
    why: 'SEC 15c3-5(c)(2)(i); the adopting release names trading halts',
    limits: [],
    action: 'Wait until trading in the instrument resumes',
  },
  judge: ({ state }) => {
    if (state === null) return 'gate_state_missing'
    const { halted } = state.instrument
    if (typeof halted !== 'boolean') return 'unreadable'
    return halted ? 'breached' : 'passed'
  },
  evidence: ({ state }) => ({ halted: fact(state?.instrument.halted ?? null) }),
}
