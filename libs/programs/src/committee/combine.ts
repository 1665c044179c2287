import type { AdviceVerdict, CommitteeRole, ProgramOutput } from '@torghut/contracts'
import Big from 'big.js'

import type { Member } from './member.ts'

/** The contract's decimals have at most so many places; a cap is rounded down to them. */
const QTY_PLACES = 8

/** What the committee says together, and why it is not what its judge said. */
export interface Combined {
  verdict: AdviceVerdict
  adjustedQty: string | null
  escalateReason: string | null
  /** `judge`: nobody objected. The others name the rule that was stronger. */
  rule: 'judge' | 'mandatory_missing' | 'mandatory_veto' | 'mandatory_escalate' | 'mandatory_abstain' | 'capped'
}

/**
 * Combines a judge's answer with what the mandatory members said. Code and not prompt, and only ever stricter than the
 * judge: a member that is missing, there twice or unreadable is a veto; any veto is a veto; an abstain or escalate never
 * becomes a trade; and nothing above the critics' cap is traded.
 */
export function combine(
  judge: ProgramOutput,
  members: readonly Member[],
  { mandatoryRoles, orderQty }: { mandatoryRoles: readonly CommitteeRole[]; orderQty: string },
): Combined {
  const own = { verdict: judge.verdict, adjustedQty: judge.adjustedQty, escalateReason: judge.escalateReason || null }
  const voices = mandatoryRoles.map((role) => members.filter((member) => member.role === role))
  if (voices.some((held) => held.length !== 1 || held[0]?.answer === null)) {
    return { ...own, verdict: 'veto', rule: 'mandatory_missing' }
  }
  const said = voices.flat()
  if (judge.verdict !== 'veto' && holds(said, 'veto')) return { ...own, verdict: 'veto', rule: 'mandatory_veto' }
  if (isTrade(judge.verdict)) {
    const escalating = said.find(({ answer }) => answer?.verdict === 'escalate')
    if (escalating !== undefined) return { ...own, ...escalation(escalating), rule: 'mandatory_escalate' }
    if (holds(said, 'abstain')) return { ...own, verdict: 'abstain', rule: 'mandatory_abstain' }
  }
  return applyCap(own, judge, members, orderQty)
}

/** The largest quantity the members let through; null when none of them caps it. */
export function capOf(members: readonly Member[], orderQty: string): string | null {
  const shares = members.flatMap(({ answer }) => answer?.maxQtyMultiplier ?? [])
  const share = Math.min(1, ...shares)
  return share === 1 ? null : new Big(orderQty).times(share).round(QTY_PLACES, Big.roundDown).toFixed()
}

function holds(members: readonly Member[], verdict: AdviceVerdict): boolean {
  return members.some(({ answer }) => answer?.verdict === verdict)
}

function isTrade(verdict: AdviceVerdict): boolean {
  return verdict === 'approve' || verdict === 'adjust'
}

/** An escalation needs a reason: the member's own word on it. */
function escalation({ answer, role }: Member): Pick<Combined, 'verdict' | 'escalateReason'> {
  return { verdict: 'escalate', escalateReason: answer?.rationaleShort || `Escalated by ${role}` }
}

type Own = Omit<Combined, 'rule'>

/** A cap of nothing leaves nothing to trade, which is a veto. */
function applyCap(own: Own, judge: ProgramOutput, members: readonly Member[], orderQty: string): Combined {
  const cap = isTrade(judge.verdict) ? capOf(members, orderQty) : null
  if (cap === null) return { ...own, rule: 'judge' }
  if (new Big(cap).lte(0)) return { ...own, verdict: 'veto', rule: 'capped' }
  const wanted = judge.verdict === 'adjust' && judge.adjustedQty !== null ? judge.adjustedQty : orderQty
  if (new Big(wanted).lte(cap)) return { ...own, rule: 'judge' }
  return { ...own, verdict: 'adjust', adjustedQty: cap, rule: 'capped' }
}
