import { CircuitSnapshot, FailMode, Stage, TradingMode } from '@torghut/contracts'
import type { RuntimeControl } from '@torghut/contracts'
import { CONTROLS_AGE_MAX_MS } from '@torghut/gates'
import type { ControlsSnapshot } from '@torghut/gates'
import type { PolicyResolutions } from '@torghut/telemetry'
import { z } from 'zod'

import type { Serving } from '../review/serving-artifact.ts'
import { LlmEvaluation } from './evaluation.ts'

const Count = z.int().min(0)

/** How the fail mode of a review comes about (contract, 3.3). Here it is the same for every review. */
const PolicyResolution = z.strictObject({
  classification: z.enum(['compliant', 'intentional_exception', 'violation']),
  rollout_stage: Stage,
  configured_fail_mode: FailMode,
  effective_fail_mode: FailMode,
  expected_fail_mode: FailMode,
  stage_policy_violation: z.boolean(),
  fail_mode_exception_active: z.boolean(),
  fail_mode_violation_active: z.boolean(),
  policy_exceptions: z.array(z.string()),
  guardrail_reasons: z.array(z.string()),
  reasoning: z.string(),
  source_inputs: z.strictObject({
    trading_mode: TradingMode,
    llm_fail_mode_enforcement: z.enum(['strict_veto', 'configured']),
    llm_live_fail_open_requested: z.boolean(),
    llm_fail_open_live_approved: z.boolean(),
  }),
})
export type PolicyResolution = z.output<typeof PolicyResolution>

/** The `llm` block of `/trading/status`. */
export const LlmStatus = z.strictObject({
  enabled: z.boolean(),
  rollout_stage: Stage,
  fail_mode_enforcement: z.enum(['strict_veto', 'configured']),
  shadow_mode: z.boolean(),
  effective_shadow_mode: z.boolean(),
  fail_mode: FailMode,
  effective_fail_mode: FailMode,
  policy_exceptions: z.array(z.string()),
  policy_resolution: PolicyResolution,
  policy_resolution_counters: z.strictObject({ compliant: Count, intentional_exception: Count, violation: Count }),
  circuit: CircuitSnapshot.nullable(),
  guardrails: z.strictObject({
    allow_requests: z.boolean(),
    governance_evidence_complete: z.boolean(),
    effective_adjustment_allowed: z.boolean(),
    committee_enabled: z.boolean(),
    reasons: z.array(z.string()),
  }),
  simulated: z.boolean().nullable(),
})
export type LlmStatus = z.output<typeof LlmStatus>

/** `GET /trading/status` (contract, 7). `llm_evaluation` is null while the database is away. */
export const TradingStatus = z.strictObject({ llm: LlmStatus, llm_evaluation: LlmEvaluation.nullable() })
export type TradingStatus = z.output<typeof TradingStatus>

/** What the status is made of, gathered by the app. */
export interface StatusFacts {
  tradingMode: TradingMode
  adjustmentAllowed: boolean
  serving: Serving
  controls: ControlsSnapshot
  circuit: CircuitSnapshot | null
  resolutions: PolicyResolutions
  /** Null while the gateway has not said what it is. */
  simulated: boolean | null
}

/**
 * States how reviews are guarded now. Much of it cannot change here: the program is always on, a failed review is always
 * a veto, an answered verdict always binds. Those fields keep their names for whoever watches them.
 */
export function llmStatus(facts: StatusFacts): LlmStatus {
  const { tradingMode, adjustmentAllowed, serving, circuit, resolutions, simulated } = facts
  const reasons = blockingReasons(facts)
  return {
    enabled: true,
    rollout_stage: SERVED_STAGE,
    fail_mode_enforcement: 'strict_veto',
    shadow_mode: false,
    effective_shadow_mode: false,
    fail_mode: 'veto',
    effective_fail_mode: 'veto',
    policy_exceptions: [],
    policy_resolution: policyResolution(tradingMode, reasons),
    policy_resolution_counters: { ...resolutions },
    circuit,
    guardrails: {
      allow_requests: reasons.length === 0,
      governance_evidence_complete: serving.ok && serving.artifact.kind === 'compiled',
      effective_adjustment_allowed: adjustmentAllowed,
      committee_enabled: true,
      reasons,
    },
    simulated,
  }
}

/** The promotion target artifacts are served under, as every row says. */
const SERVED_STAGE: Stage = 'paper'

function policyResolution(tradingMode: TradingMode, guardrailReasons: string[]): PolicyResolution {
  return {
    classification: 'compliant',
    rollout_stage: SERVED_STAGE,
    configured_fail_mode: 'veto',
    effective_fail_mode: 'veto',
    expected_fail_mode: 'veto',
    stage_policy_violation: false,
    fail_mode_exception_active: false,
    fail_mode_violation_active: false,
    policy_exceptions: [],
    guardrail_reasons: guardrailReasons,
    reasoning: 'policy_compliant',
    source_inputs: {
      trading_mode: tradingMode,
      llm_fail_mode_enforcement: 'strict_veto',
      llm_live_fail_open_requested: false,
      llm_fail_open_live_approved: false,
    },
  }
}

/** Why no review at all would reach the model now. Halts of one symbol or strategy leave the others alone. */
function blockingReasons({ serving, controls, circuit, tradingMode }: StatusFacts): string[] {
  return [
    ...(isOn('halt_new_risk', controls) ? ['new_risk_halted'] : []),
    ...(isReadable(controls, tradingMode) ? [] : ['controls_unreadable']),
    ...(isOn('force_deterministic', controls) ? ['force_deterministic'] : []),
    ...(serving.ok ? [] : [serving.cause]),
    ...(circuit?.open === true ? ['breaker_open'] : []),
  ]
}

function isOn(name: RuntimeControl['name'], { asOf, controls }: ControlsSnapshot): boolean {
  const now = Date.parse(asOf)
  return controls.some(
    (control) =>
      control.name === name &&
      control.scope === null &&
      control.value &&
      (control.expires_at === null || Date.parse(control.expires_at) > now),
  )
}

function isReadable({ ageMs }: ControlsSnapshot, tradingMode: TradingMode): boolean {
  return tradingMode === 'paper' || (ageMs !== null && ageMs <= CONTROLS_AGE_MAX_MS)
}
