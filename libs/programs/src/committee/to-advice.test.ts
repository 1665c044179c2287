import { expect, test } from 'vitest'

import { parseReviewAdvice } from '@torghut/contracts'
import type { ProgramOutput } from '@torghut/contracts'

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
