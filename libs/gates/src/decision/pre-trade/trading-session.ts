import { readInstant } from '../../evidence/instant.ts'
import { fact } from '../../evidence/outcome.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies outside the sessions of the policy; at its very end a session is over. */
export const tradingSession: PreTradeGate = {
  about: {
    gate: 'trading-session',
    codes: ['session_closed'],
    checks: 'The session is one the policy trades in, and has not ended',
    why: 'SEC 15c3-5(c)(2)(i): requirements that must be met before an order is entered, sessions among them',
    limits: ['limits.sessions'],
    action: 'Wait for the session, or name it under `limits.sessions`',
  },
  judge: ({ state, limits, asOf }) => {
    if (limits.sessions === null) return 'limit_not_configured'
    if (!Array.isArray(limits.sessions)) return 'unreadable'
    if (state === null) return 'gate_state_missing'
    const { state: session, ends_at: endsAt } = state.session
    if (!(limits.sessions as readonly string[]).includes(session)) return 'breached'
    if (endsAt === null) return 'passed'
    const end = readInstant(endsAt)
    if (end === null || asOf === null) return 'unreadable'
    return asOf < end ? 'passed' : 'breached'
  },
  evidence: ({ state }) => ({ session: fact(state?.session.state ?? null), ends_at: fact(state?.session.ends_at ?? null) }),
}
