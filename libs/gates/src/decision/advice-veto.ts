import { AdviceVerdict } from '@torghut/contracts'
import type { CommitteeRole, FallbackCause, GateOutcome, ReviewAdvice } from '@torghut/contracts'

import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import { isShare } from '../evidence/share.ts'
import type { GateAbout } from './gate-about.ts'

export const ADVICE_VETO_ABOUT: GateAbout = {
  gate: 'advice-veto',
  codes: [
    'llm_runtime_fallback',
    'advice_missing',
    'llm_veto',
    'llm_committee_mandatory_veto',
    'llm_probabilities_disagree',
  ],
  checks: 'There is an advice, it is no veto, every mandatory member assented, and its probabilities favour its own verdict',
  why: 'Ours: a veto is final before any other rule is looked at; contract 3.6, row 6',
  limits: [],
  action: 'Read the advice; for a fallback see the failure table',
}

/**
 * Looks for a veto before any other rule of the advice is looked at, so that no setting can turn one into an approve:
 * a fallback, no advice, a veto, a mandatory member that did not assent, or probabilities that favour another verdict.
 */
export function checkAdviceVeto(
  advice: ReviewAdvice | null,
  mandatoryRoles: readonly CommitteeRole[],
  fallbackCause: FallbackCause | null,
): GateOutcome {
  const gate = 'advice-veto'
  return guarded(gate, () => {
    if (fallbackCause !== null) return denied(gate, 'llm_runtime_fallback', { cause: fact(fallbackCause) })
    if (advice === null) return denied(gate, 'advice_missing', {})
    const evidence = { verdict: fact(advice.verdict) }
    if (advice.verdict === 'veto') return denied(gate, 'llm_veto', evidence)
    const dissent = withoutAssent(advice, mandatoryRoles)
    if (dissent.length > 0) return denied(gate, 'llm_committee_mandatory_veto', { ...evidence, dissent })
    if (favoursItsVerdict(advice)) return passed(gate, evidence)
    return denied(gate, 'llm_probabilities_disagree', { ...evidence, probabilities: stated(advice) })
  })
}

/**
 * Mandatory roles, the program's own and those the trace names, that did not assent. The trace cannot shorten the
 * program's list; a member filed under a role that is not its own counts as missing.
 */
function withoutAssent(advice: ReviewAdvice, mandatoryRoles: readonly CommitteeRole[]) {
  const { committee } = advice
  const dissent: { role: ReturnType<typeof fact>; said: ReturnType<typeof fact> }[] = []
  const ask = (role: CommitteeRole) => {
    const said = memberWord(committee, role)
    if (said !== 'approve' && said !== 'adjust') dissent.push({ role: fact(role), said })
  }
  for (const role of mandatoryRoles) ask(role)
  if (committee === null) return dissent
  for (const role of committee.mandatory_roles) if (!mandatoryRoles.includes(role)) ask(role)
  return dissent
}

/** The member's verdict, or why it has none that counts. */
function memberWord(committee: ReviewAdvice['committee'], role: CommitteeRole) {
  const member = committee !== null && Object.hasOwn(committee.roles, role) ? committee.roles[role] : undefined
  if (member?.role !== role) return 'missing'
  return member.schema_error === false ? fact(member.verdict) : 'schema_error'
}

/** A tie is agreement: the verdict has to be among the largest, and all five have to be probabilities. */
function favoursItsVerdict({ calibrated_probabilities: probabilities, verdict }: ReviewAdvice): boolean {
  const own = probabilities[verdict]
  return AdviceVerdict.options.every((word) => isShare(probabilities[word]) && own >= probabilities[word])
}

function stated({ calibrated_probabilities: probabilities }: ReviewAdvice) {
  return Object.fromEntries(AdviceVerdict.options.map((word) => [word, fact(probabilities[word])]))
}
