import type { Stage } from '@torghut/contracts'

import type { Inputs } from '../inputs/read-values.ts'
import type { VerifiedPromotion } from '../pin/verify-promotion.ts'
import { sumOf } from '../rollback/prometheus-text.ts'
import type { Sample } from '../rollback/prometheus-text.ts'
import { PHASES } from './governance-bundle.ts'
import type { Phase, Slo } from './governance-bundle.ts'

/** Everything the phases are judged by. A problem is a sentence; null when there is none. */
export interface PhaseFacts {
  stage: Stage
  inputs: Inputs
  /** Null for the seed. */
  promotion: VerifiedPromotion | null
  /** Why the pinned artifact has no evidence that holds. */
  evidenceProblem: string | null
  /** Where a rollback would lead, or why nowhere. */
  prior: { hash: string } | { problem: string }
  /** Committed files that differ from what would be generated. */
  drifted: readonly string[]
  samples: readonly Sample[] | null
  slos: readonly Slo[]
  /** Notes of rollbacks that are committed. */
  incidents: number
}

type Judgement = Omit<Phase, 'phase'>

/** Judges each phase by what is there; what nobody handed in is skipped and says so. */
export function judgePhases(facts: PhaseFacts): Phase[] {
  const judges: Record<(typeof PHASES)[number], (facts: PhaseFacts) => Judgement> = {
    'gate-evaluation': gateEvaluation,
    'promotion-prerequisites': prerequisites,
    'rollback-readiness': rollbackReadiness,
    'drift-gate': driftGate,
    'paper-canary': paperCanary,
    'runtime-governance': runtimeGovernance,
    'rollback-proof': rollbackProof,
  }
  return PHASES.map((phase) => ({ phase, ...judges[phase](facts) }))
}

/** A stage passes when no phase fails (contract, 8.8). */
export function overall(phases: readonly Phase[]): 'pass' | 'fail' {
  return phases.every(({ status }) => status !== 'fail') ? 'pass' : 'fail'
}

function gateEvaluation({ promotion, stage, evidenceProblem }: PhaseFacts): Judgement {
  if (promotion === null) return unpromoted(stage, evidenceProblem)
  const { outcomes } = promotion.parts.evalReport
  const passed = outcomes.filter((outcome) => outcome.passed).length
  return { status: passed === outcomes.length ? 'pass' : 'fail', detail: `${passed} of ${outcomes.length} gates passed` }
}

function prerequisites({ promotion, stage, evidenceProblem }: PhaseFacts): Judgement {
  if (promotion === null) return unpromoted(stage, evidenceProblem)
  const { target, approved_by: by, promoted_at: at } = promotion.parts.promotion
  const detail = `promoted for ${target} at ${at}, approved by ${by}, signature verified`
  return { status: target === stage ? 'pass' : 'fail', detail: target === stage ? detail : `${detail}; this is the bundle of ${stage}` }
}

/** In paper nothing has to be promoted: the seed may serve. Everywhere else it is missing. */
function unpromoted(stage: Stage, problem: string | null): Judgement {
  if (problem !== null) return { status: 'fail', detail: problem }
  if (stage === 'paper') return { status: 'skip', detail: 'The seed is pinned, which nobody evaluates or promotes; it serves in paper only' }
  return { status: 'fail', detail: `The seed is pinned, and ${stage} needs a promoted artifact` }
}

function rollbackReadiness({ prior, promotion }: PhaseFacts): Judgement {
  if ('hash' in prior) return { status: 'pass', detail: `${prior.hash} is pinned by the next rollback; its evidence verifies` }
  return { status: promotion === null ? 'skip' : 'fail', detail: prior.problem }
}

function driftGate({ drifted }: PhaseFacts): Judgement {
  if (drifted.length === 0) return { status: 'pass', detail: 'What is committed is what would be generated' }
  return { status: 'fail', detail: `${drifted.length} files differ from what would be generated, the first is ${drifted[0] ?? ''}` }
}

function paperCanary({ samples, slos, inputs }: PhaseFacts): Judgement {
  if (samples === null) return { status: 'skip', detail: 'No metrics were handed in' }
  const pinned = inputs.pins.env['LLM_DSPY_ARTIFACT_HASH']
  const active = samples.find(({ name, value }) => name === 'torghut_active_artifact_info' && value === 1)?.labels['artifact_hash']
  if (active !== pinned) return { status: 'fail', detail: `The metrics are of ${active ?? 'no artifact'}, and ${pinned ?? 'none'} is pinned` }
  const missed = slos.filter(({ status }) => status === 'missed').map(({ slo }) => slo)
  if (missed.length > 0) return { status: 'fail', detail: `missed: ${missed.join('; ')}` }
  const measured = slos.filter(({ status }) => status === 'met').length
  return { status: measured > 0 ? 'pass' : 'skip', detail: `${measured} of ${slos.length} objectives were measured and met` }
}

/** Counters that are zero by construction; anything else means that other code runs. */
function runtimeGovernance({ samples }: PhaseFacts): Judgement {
  if (samples === null) return { status: 'skip', detail: 'No metrics were handed in' }
  const names = ['stage_policy_violation_total', 'fail_mode_override_total', 'fail_mode_exception_total']
  const counts = names.map((name) => [name, sumOf(samples, `torghut_trading_llm_${name}`)] as const)
  const wrong = counts.filter(([, count]) => count !== 0).map(([name, count]) => `${name} is ${count ?? 'missing'}`)
  if (wrong.length > 0) return { status: 'fail', detail: wrong.join('; ') }
  return { status: 'pass', detail: 'No policy violation, override or exception was counted' }
}

function rollbackProof({ inputs, incidents }: PhaseFacts): Judgement {
  const rollbacks = inputs.history.pins.filter(({ action }) => action === 'rollback').length
  if (rollbacks === 0) return { status: 'skip', detail: 'Nothing was ever rolled back' }
  const detail = `${rollbacks} rollbacks in the history, ${incidents} notes of incidents`
  return { status: incidents >= rollbacks ? 'pass' : 'fail', detail }
}
