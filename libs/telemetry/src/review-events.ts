import type { FallbackCause, GateOutcome, ReviewAdvice, ReviewRecord } from '@torghut/contracts'

import type { CounterName } from './review-counters.ts'

/** One step of one counter. */
export interface CounterStep {
  name: CounterName
  labels?: Record<string, string>
  by?: number
}

/** Every counter a finished review moves, read out of nothing but its record. */
export function reviewEvents(record: ReviewRecord): CounterStep[] {
  const { verdict, advice, fallback, llm_skipped: skipped, usage, reason } = record
  const wasAsked = usage !== null || fallback !== null || advice !== null
  const isBlocked = skipped === 'kill_switch' || fallback?.cause === 'force_deterministic'
  return [
    ...(wasAsked ? [{ name: 'requests_total' } as const] : []),
    { name: `${verdict}_total` },
    { name: 'policy_resolution_total', labels: { classification: 'compliant' } },
    ...(advice?.verdict === 'abstain' ? [{ name: 'abstain_total' } as const] : []),
    ...(advice?.verdict === 'escalate' ? [{ name: 'escalate_total' } as const] : []),
    ...(fallback === null ? [] : fallbackEvents(fallback.cause)),
    ...(isBlocked ? [{ name: 'guardrail_block_total' } as const] : []),
    ...(reason?.includes('_fallback_') === true ? [{ name: 'policy_fallback_total' } as const] : []),
    ...(usage === null
      ? []
      : [
          { name: 'tokens_prompt_total', by: usage.tokens_prompt } as const,
          { name: 'tokens_completion_total', by: usage.tokens_completion } as const,
        ]),
    ...(skipped === null ? [] : [{ name: 'skipped_total', labels: { reason: skipped } } as const]),
    ...record.outcomes.flatMap(outcomeEvents),
    ...committeeEvents(advice?.committee ?? null, verdict),
  ]
}

const UNPARSED: readonly FallbackCause[] = ['answer_missing', 'answer_ambiguous', 'answer_altered']
const INVALID: readonly FallbackCause[] = ['advice_invalid', 'advice_incoherent']

function fallbackEvents(cause: FallbackCause): CounterStep[] {
  return [
    { name: 'error_total' },
    { name: 'fallback_total', labels: { cause } },
    ...(UNPARSED.includes(cause) ? [{ name: 'parse_error_total' } as const] : []),
    ...(INVALID.includes(cause) ? [{ name: 'validation_error_total' } as const] : []),
  ]
}

/** A context block that paper only reports is a passed gate that names its reason. */
function outcomeEvents(outcome: GateOutcome): CounterStep[] {
  const counted: CounterStep = { name: 'gate_outcome_total', labels: { gate: outcome.gate, passed: String(outcome.passed) } }
  if (outcome.gate !== 'market-context') return [counted]
  if (!outcome.passed) {
    return [
      counted,
      { name: 'market_context_block_total' },
      { name: 'market_context_reason_total', labels: { reason: outcome.code } },
    ]
  }
  const { blocked } = outcome.evidence
  return typeof blocked === 'string' ? [counted, { name: 'market_context_shadow_total', labels: { reason: blocked } }] : [counted]
}

function committeeEvents(committee: ReviewAdvice['committee'], verdict: ReviewRecord['verdict']): CounterStep[] {
  if (committee === null) return []
  const members = Object.values(committee.roles)
  const isVetoed = committee.mandatory_roles.some((role) => committee.roles[role]?.verdict === 'veto')
  return [
    ...members.flatMap(({ role, verdict: said, schema_error: hasSchemaError }): CounterStep[] => [
      { name: 'committee_requests_total', labels: { role } },
      { name: 'committee_verdict_total', labels: { role, verdict: said } },
      ...(hasSchemaError ? [{ name: 'committee_schema_error_total' } as const] : []),
    ]),
    ...(isVetoed ? [{ name: 'committee_veto_total' } as const] : []),
    ...(isVetoed && verdict === 'veto' ? [{ name: 'committee_veto_alignment_total' } as const] : []),
  ]
}
