import { ReviewAdvice, parseReviewSubmission } from '@torghut/contracts'
import type { CommitteeRole, GatePolicy, ReviewSubmission, RuntimeControl } from '@torghut/contracts'
import { exampleGatePolicy, exampleSubmission } from '@torghut/contracts/testing'

import type { ControlsSnapshot } from '../decision/controls.ts'

/** Values to put at dotted paths of a sample, past any parser: whatever a test needs to see denied. */
export type Changes = Record<string, unknown>

/** Parsed once: property tests take thousands of copies. */
const EXAMPLE = parseReviewSubmission(exampleSubmission())

const GOOD_APPROVE = ReviewAdvice.parse({
  verdict: 'approve',
  confidence: 0.82,
  confidence_band: 'high',
  calibrated_probabilities: probabilitiesFor('approve'),
  uncertainty: { score: 0.18, band: 'low' },
  rationale: 'Momentum and regime agree',
  required_checks: ['risk_engine', 'order_firewall'],
  committee: unanimousCommittee(),
})

/** Every limit configured, so that the same policy serves live. */
const PAPER_POLICY = changed(exampleGatePolicy(), { 'limits.max_decision_age_seconds': 120 })

/** Two seconds after the sample's decision. */
export const DECIDED_AT = '2026-02-27T15:31:02Z'

/** A parsed submission: buy 10 NVDA at market, paper, state 10 s old, context quality 0.5. */
export function sampleSubmission(changes: Changes = {}): ReviewSubmission {
  if (!EXAMPLE.ok) throw new Error(JSON.stringify(EXAMPLE.issues))
  return changed(EXAMPLE.submission, changes)
}

/** A confident approve that passes every default of `samplePolicy`, seconded by its whole committee. */
export function sampleAdvice(changes: Changes = {}): ReviewAdvice {
  return changed(GOOD_APPROVE, changes)
}

/** The same, advising 8 of 10 at market. */
export function sampleAdjust(changes: Changes = {}): ReviewAdvice {
  const adjust = { verdict: 'adjust', calibrated_probabilities: probabilitiesFor('adjust'), adjusted_qty: '8' }
  return sampleAdvice({ ...adjust, ...changes })
}

/** Server settings of a paper deployment that lets advice shrink an order by half at most; no limit is missing. */
export function samplePolicy(changes: Changes = {}): GatePolicy {
  return changed(PAPER_POLICY, changes)
}

/** A halt of everything, without an end. */
export function sampleControl(changes: Partial<RuntimeControl> = {}): RuntimeControl {
  return {
    name: 'halt_new_risk',
    scope: null,
    value: true,
    actor: 'ops',
    reason: 'drill',
    set_at: '2026-02-27T15:00:00.000Z',
    expires_at: null,
    ...changes,
  }
}

/** Read 400 ms ago, two seconds after the sample's decision; nothing on. */
export function sampleControls(changes: Partial<ControlsSnapshot> = {}): ControlsSnapshot {
  return { asOf: '2026-02-27T15:31:02.000Z', ageMs: 400, controls: [], ...changes }
}

/** 0.8 for one verdict, 0.05 for each other. */
export function probabilitiesFor(verdict: string): Record<string, number> {
  const words = ['approve', 'veto', 'adjust', 'abstain', 'escalate']
  return Object.fromEntries(words.map((word) => [word, word === verdict ? 0.8 : 0.05]))
}

/** A copy of `sample` with each path set; missing maps on the way are made. */
export function changed<Sample extends object>(sample: Sample, changes: Changes): Sample {
  const copy = structuredClone(sample)
  for (const [path, value] of Object.entries(changes)) setAt(copy, path.split('.'), value)
  return copy
}

function setAt(root: object, keys: string[], value: unknown): void {
  const last = keys.at(-1) ?? ''
  let parent = root as Record<string, unknown>
  for (const key of keys.slice(0, -1)) {
    parent[key] ??= {}
    parent = parent[key] as Record<string, unknown>
  }
  parent[last] = value
}

function unanimousCommittee() {
  const roles: CommitteeRole[] = ['researcher', 'risk_critic', 'execution_critic', 'policy_judge']
  const member = (role: CommitteeRole) => ({ role, verdict: 'approve', confidence: 0.7, rationale_short: 'fine' })
  return {
    roles: Object.fromEntries(roles.map((role) => [role, member(role)])),
    mandatory_roles: ['risk_critic', 'execution_critic', 'policy_judge'],
    fail_closed_verdict: 'veto',
  }
}
