import { AdviceVerdict, Band, CommitteeMember, Probabilities } from '@torghut/contracts'
import type { CommitteeRole } from '@torghut/contracts'
import { z } from 'zod'

import { sortedUnique } from './advice-parts.ts'

/** The part of a node's answer every member of a committee gives. */
const MemberAnswer = z.object({
  verdict: AdviceVerdict,
  confidence: z.number(),
  uncertaintyBand: Band,
  rationaleShort: z.string().nullable(),
  rationale: z.string().optional(),
  requiredChecks: z.array(z.string()),
  riskFlags: z.array(z.string()),
  adjustedQty: z.string().nullable().optional(),
  adjustedOrderType: CommitteeMember.shape.adjusted_order_type.unwrap().optional(),
  limitPrice: z.string().nullable().optional(),
  probabilities: Probabilities.optional(),
  /** The share of the order a member lets through; only a risk critic states one. */
  maxQtyMultiplier: z.number().min(0).max(1).optional(),
})
type MemberAnswer = z.output<typeof MemberAnswer>

/** The fields a node with a role in the committee has to answer. */
export const MEMBER_FIELDS: readonly string[] = [
  'verdict',
  'confidence',
  'uncertaintyBand',
  'rationaleShort',
  'requiredChecks',
  'riskFlags',
]

/** What a node with a role said. */
export interface Voice {
  node: string
  role: CommitteeRole
  mandatory: boolean
  output: unknown
}

/** A voice as the committee counts it; `answer` is null when what it said is not a member's answer. */
export interface Member extends Voice {
  answer: MemberAnswer | null
}

export function readMember(voice: Voice): Member {
  const parsed = MemberAnswer.safeParse(voice.output)
  return { ...voice, answer: parsed.success ? parsed.data : null }
}

/**
 * A member as the advice files it. Latency stays out: advice is a function of the answers alone, times travel in the
 * trace of the run. An answer that cannot be read is filed as a veto with a schema error.
 */
export function toCommitteeMember({ role, answer }: Member, cappedQty: string | null): CommitteeMember {
  if (answer === null) return { ...UNREADABLE, role }
  return {
    role,
    verdict: answer.verdict,
    confidence: answer.confidence,
    uncertainty: answer.uncertaintyBand,
    rationale_short: answer.rationaleShort || answer.rationale || answer.verdict,
    required_checks: sortedUnique(answer.requiredChecks),
    adjusted_qty: answer.adjustedQty ?? (answer.maxQtyMultiplier === undefined ? null : cappedQty),
    adjusted_order_type: answer.adjustedOrderType ?? null,
    limit_price: answer.limitPrice ?? null,
    risk_flags: sortedUnique(answer.riskFlags),
    latency_ms: null,
    schema_error: false,
  }
}

const UNREADABLE: Omit<CommitteeMember, 'role'> = {
  verdict: 'veto',
  confidence: 0,
  uncertainty: 'high',
  rationale_short: 'member_answer_unreadable',
  required_checks: [],
  adjusted_qty: null,
  adjusted_order_type: null,
  limit_price: null,
  risk_flags: [],
  latency_ms: null,
  schema_error: true,
}
