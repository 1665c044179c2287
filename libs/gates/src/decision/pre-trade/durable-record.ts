import { fact } from '../../evidence/outcome.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies new risk in live whose record would not survive a restart. */
export const durableRecord: PreTradeGate = {
  about: {
    gate: 'durable-record',
    codes: ['record_not_durable'],
    checks: 'In live the record can be kept where a restart does not lose it',
    why: 'Ours: no live risk without a record that lasts',
    limits: [],
    action: 'Bring the database back, or give the process persistent storage',
  },
  judge: ({ durable, mode }) => (durable === true || mode === 'paper' ? 'passed' : 'breached'),
  evidence: ({ durable }) => ({ durable: fact(durable) }),
}
