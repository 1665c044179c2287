import { fact } from '../../evidence/outcome.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies all new risk in reduce-only mode; proved exits never get here. */
export const reduceOnlyMode: PreTradeGate = {
  about: {
    gate: 'reduce-only-mode',
    codes: ['reduce_only_mode'],
    checks: 'The policy lets new risk on, for everything and for this symbol',
    why: 'Ours, in the spirit of RTS 6, Article 12: a book that may only get smaller',
    limits: ['limits.reduce_only'],
    action: 'Nothing while the mode is meant; set `reduce_only` to false in the policy file to end it',
  },
  judge: ({ limits }) => (limits.reduce_only === false ? 'passed' : 'breached'),
  evidence: ({ limits }) => ({ reduce_only: fact(limits.reduce_only) }),
}
