import { Stage, hashJson } from '@torghut/contracts'
import type { Approval, EvalReport, GateOutcome, ProgramArtifact } from '@torghut/contracts'

import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import { NANOSECONDS_PER_SECOND, formatSeconds, readInstant } from '../evidence/instant.ts'

/** Longest an evaluation counts, whatever a policy says: 24 hours (contract, 6.4). */
const REPORT_AGE_MAX_HOURS = 24

/** Everything a promotion is asked with. Signatures are checked by whoever holds the approvers' keys. */
export interface PromotionRequest {
  target: Stage
  artifact: ProgramArtifact
  compile: { hash: string; artifactHash: string; compiledBy: string }
  evalReport: EvalReport
  approval: Approval
  /** True when this approval was consumed before. */
  isApprovalUsed: boolean
  /** Hash of the metric policy in force, and how long it lets a report count. */
  metricPolicy: { hash: string; reportAgeMaxHours: number }
  /** Targets this artifact was promoted for and not revoked. */
  promotedTargets: readonly Stage[]
  /** Names of the controls that hold promotions. */
  holds: readonly string[]
  isDenylisted: boolean
  at: string
}

/** Asks every gate of a promotion, in order; it may happen only when all pass. Never throws. */
export function judgePromotion(request: PromotionRequest): GateOutcome[] {
  return Object.entries(GATES).map(([gate, check]) => guarded(gate, () => check(request)))
}

/** Blocks while a control holds promotions, and for a denylisted artifact. */
export function checkHold({ holds, isDenylisted }: PromotionRequest): GateOutcome {
  const gate = 'promotion-hold'
  const evidence = { holds: holds.map(fact), denylisted: fact(isDenylisted) }
  if (isDenylisted !== false) return denied(gate, 'artifact_denylisted', evidence)
  return holds.length === 0 ? passed(gate, evidence) : denied(gate, 'promotions_held', evidence)
}

/** Blocks anything but a compiled artifact whose bytes hash to what the compile named. */
export function checkArtifact({ artifact, compile }: PromotionRequest): GateOutcome {
  const gate = 'compiled-artifact'
  const hash = hashJson(artifact)
  const evidence = { artifact_hash: hash, compiled: fact(compile.artifactHash), kind: fact(artifact.kind) }
  if (artifact.kind !== 'compiled') return denied(gate, 'artifact_not_compiled', evidence)
  return hash === compile.artifactHash ? passed(gate, evidence) : denied(gate, 'artifact_hash_mismatch', evidence)
}

/** Blocks a report about another artifact, compile, program, or one judged by another policy than the one in force. */
export function checkEvalBinding({ artifact, compile, evalReport, metricPolicy }: PromotionRequest): GateOutcome {
  const gate = 'eval-binding'
  const evidence = { artifact_hash: evalReport.artifact_hash, compile_hash: evalReport.compile_hash }
  if (evalReport.artifact_hash !== hashJson(artifact)) return denied(gate, 'eval_report_of_another_artifact', evidence)
  if (evalReport.compile_hash !== compile.hash) return denied(gate, 'eval_report_of_another_compile', evidence)
  if (evalReport.program_name !== artifact.program_name) return denied(gate, 'eval_report_of_another_program', evidence)
  if (evalReport.metric_policy_hash !== metricPolicy.hash)
    return denied(gate, 'eval_report_of_another_policy', evidence)
  return passed(gate, evidence)
}

/**
 * Blocks unless the report passed, with every outcome and without gate bypasses or lost rows, for this very target.
 */
export function checkEvalPassed({ evalReport, target }: PromotionRequest): GateOutcome {
  const gate = 'eval-passed'
  const { outcomes, gate_compatibility: compatibility, promotion_recommendation: recommended } = evalReport
  const evidence = { gate_compatibility: fact(compatibility), recommended: fact(recommended), target: fact(target) }
  const isPassed =
    compatibility === 'pass' && outcomes.length > 0 && outcomes.every((outcome) => outcome.passed === true)
  if (!isPassed) return denied(gate, 'gate_compatibility_not_pass', evidence)
  if (evalReport.gate_bypasses !== 0) return denied(gate, 'gate_bypass', evidence)
  if (evalReport.void_rows !== 0) return denied(gate, 'void_rows', evidence)
  return recommended === target ? passed(gate, evidence) : denied(gate, 'target_not_recommended', evidence)
}

/** Blocks a report that is too old or dated in the future. */
export function checkFreshness({ evalReport, metricPolicy, at }: PromotionRequest): GateOutcome {
  const gate = 'eval-freshness'
  const [now, made] = [readInstant(at), readInstant(evalReport.evaluated_at)]
  const maxHours = Math.min(metricPolicy.reportAgeMaxHours, REPORT_AGE_MAX_HOURS)
  if (now === null || made === null)
    return denied(gate, 'eval_report_created_at_missing', { evaluated_at: fact(evalReport.evaluated_at) })
  const evidence = { age_seconds: formatSeconds(now - made), max_hours: fact(maxHours) }
  if (!(maxHours > 0)) return denied(gate, 'report_age_threshold_missing', evidence)
  if (made > now) return denied(gate, 'eval_report_created_at_invalid', evidence)
  const maxNanoseconds = BigInt(Math.floor(maxHours * 3600)) * NANOSECONDS_PER_SECOND
  return now - made <= maxNanoseconds ? passed(gate, evidence) : denied(gate, 'eval_report_stale', evidence)
}

/** Blocks a target whose step below has not been taken: paper, shadow, constrained_live, scaled_live. */
export function checkLadder({ target, promotedTargets }: PromotionRequest): GateOutcome {
  const gate = 'promotion-ladder'
  const step = Stage.options.indexOf(target)
  const evidence = { target: fact(target), promoted: promotedTargets.map(fact) }
  if (step === -1) return denied(gate, 'target_unknown', evidence)
  const below = Stage.options[step - 1]
  const isNext = below === undefined || promotedTargets.includes(below)
  return isNext ? passed(gate, evidence) : denied(gate, 'ladder_step_missing', evidence)
}

/** Blocks without an unused, current approval of exactly this, by somebody else than the compiler's subject. */
export function checkApproval(request: PromotionRequest): GateOutcome {
  const gate = 'approval'
  const { approval, artifact, evalReport, target, compile, isApprovalUsed } = request
  const evidence = { approval_id: fact(approval.approval_id), subject: fact(approval.subject) }
  const isAboutThis =
    approval.artifact_hash === hashJson(artifact) &&
    approval.eval_hash === hashJson(evalReport) &&
    approval.program_name === artifact.program_name &&
    approval.target === target
  if (!isAboutThis) return denied(gate, 'approval_of_something_else', evidence)
  if (isApprovalUsed !== false) return denied(gate, 'approval_used', evidence)
  if (approval.subject === compile.compiledBy) return denied(gate, 'approver_is_compiler', evidence)
  return isCurrent(request) ? passed(gate, evidence) : denied(gate, 'approval_not_current', evidence)
}

/** Evaluated, then approved, then promoted before the approval ran out. */
function isCurrent({ evalReport, approval, at }: PromotionRequest): boolean {
  const evaluated = readInstant(evalReport.evaluated_at)
  const issued = readInstant(approval.issued_at)
  const now = readInstant(at)
  const expires = readInstant(approval.expires_at)
  if (evaluated === null) return false
  // Stryker disable next-line ConditionalExpression,LogicalOperator: nothing lies between nulls; only the compiler asks
  if (issued === null || now === null || expires === null) return false
  return evaluated <= issued && issued <= now && now < expires
}

const GATES: Readonly<Record<string, (request: PromotionRequest) => GateOutcome>> = {
  'promotion-hold': checkHold,
  'compiled-artifact': checkArtifact,
  'eval-binding': checkEvalBinding,
  'eval-passed': checkEvalPassed,
  'eval-freshness': checkFreshness,
  'promotion-ladder': checkLadder,
  approval: checkApproval,
}
