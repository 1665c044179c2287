import { expect, test } from 'vitest'

import { parseReviewAdvice } from '@torghut/contracts'
import type { ProgramOutput } from '@torghut/contracts'

import { sampleCommittee } from '../testing/committee.ts'
import { sampleOutput } from '../testing/samples.ts'
import { confidenceBand, uncertaintyScore } from './advice-parts.ts'
import { toAdvice } from './to-advice.ts'

/** A program of the judge alone. */
function adviceOf(output: ProgramOutput) {
  const voices = [{ node: 'decision_schema', role: 'policy_judge', mandatory: true, output }] as const
  return toAdvice(output, { voices, mandatoryRoles: ['policy_judge'], orderQty: '12', calibrator: null })
}

test('toAdvice() derives bands and scores, labels raw probabilities as such, and writes the committee', () => {
  const output = sampleOutput({
    confidence: 0.64,
    rationaleShort: null,
    requiredChecks: ['risk_engine', 'execution_policy', 'risk_engine'],
    riskFlags: ['b', 'a', 'b', 'B'],
  })
  const advice = adviceOf(output)
  expect(parseReviewAdvice(advice)).toEqual({ ok: true, advice, ignoredKeys: [] })
  expect(advice).toMatchObject({
    verdict: 'approve',
    confidence_band: 'medium',
    calibrated_probabilities: output.probabilities,
    uncertainty: { score: 0.36, band: 'medium' },
    calibration_metadata: { method: 'uncalibrated' },
    rationale_short: output.rationale,
    required_checks: ['execution_policy', 'risk_engine'],
    risk_flags: ['B', 'a', 'b'],
    committee: { mandatory_roles: ['policy_judge'], fail_closed_verdict: 'veto', schema_error_count: 0 },
  })
  expect(Object.keys(advice.committee?.roles ?? {})).toEqual(['policy_judge'])
  const judge = advice.committee?.roles.policy_judge
  expect(judge).toMatchObject({ role: 'policy_judge', verdict: 'approve', confidence: 0.64 })
})

test('toAdvice() carries an adjustment and an escalation through', () => {
  const limit = { adjustedOrderType: 'limit', limitPrice: '182.30' } as const
  const adjusted = sampleOutput({ verdict: 'adjust', adjustedQty: '6', ...limit })
  expect(adviceOf(adjusted)).toMatchObject({
    adjusted_qty: '6',
    adjusted_order_type: 'limit',
    limit_price: '182.30',
  })
  const escalated = sampleOutput({ verdict: 'escalate', escalateReason: 'Size is unusual' })
  expect(adviceOf(escalated).escalate_reason).toBe('Size is unusual')
  expect(adviceOf(sampleOutput({ escalateReason: ' ' })).escalate_reason).toBeNull()
})

/** The judge and a risk critic with a say. */
function adviceWith(critic: unknown) {
  const judge = sampleOutput({ requiredChecks: ['risk_engine'], riskFlags: ['late'] })
  const voices = [
    { node: 'risk_critic', role: 'risk_critic', mandatory: true, output: critic },
    { node: 'decision_schema', role: 'policy_judge', mandatory: true, output: judge },
  ] as const
  return toAdvice(judge, { voices, mandatoryRoles: ['risk_critic', 'policy_judge'], orderQty: '12', calibrator: null })
}

test('toAdvice() keeps every check and flag a mandatory member asks for', () => {
  const { risk_critic: critic } = sampleCommittee({ risk_critic: { requiredChecks: ['execution_policy'], riskFlags: ['thin'] } })
  expect(adviceWith(critic)).toMatchObject({ required_checks: ['execution_policy', 'risk_engine'], risk_flags: ['late', 'thin'] })
})

test('toAdvice() files a member that cannot be read as a veto with a schema error', () => {
  const { verdict, committee } = adviceWith({ verdict: 'approve' })
  expect(verdict).toBe('veto')
  expect(committee).toMatchObject({ schema_error_count: 1, roles: { risk_critic: { verdict: 'veto', schema_error: true } } })
})

test.each([
  [1, 'high'],
  [0.75, 'high'],
  [0.7499, 'medium'],
  [0.5, 'medium'],
  [0.4999, 'low'],
  [0, 'low'],
])('confidenceBand() puts %d into the %s band', (confidence, band) => {
  expect(confidenceBand(confidence)).toBe(band)
})

test('uncertaintyScore() keeps four places', () => {
  expect([0.64, 0.86, 0.12345678, 1, 0].map(uncertaintyScore)).toEqual([0.36, 0.14, 0.8765, 0, 1])
})
