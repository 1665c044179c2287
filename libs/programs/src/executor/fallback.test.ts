import { expect, test } from 'vitest'

import { FallbackCause, parseReviewAdvice } from '@torghut/contracts'

import { fallbackAdvice } from './fallback.ts'

test.each(FallbackCause.options)('fallbackAdvice() vetoes with certainty for %s, the same bytes each time', (cause) => {
  const advice = fallbackAdvice(cause)
  expect(parseReviewAdvice(advice)).toEqual({ ok: true, advice, ignoredKeys: [] })
  expect(JSON.stringify(fallbackAdvice(cause))).toBe(JSON.stringify(advice))
  expect(advice).toMatchObject({
    verdict: 'veto',
    confidence: 1,
    confidence_band: 'high',
    uncertainty: { score: 0, band: 'low' },
    calibration_metadata: { fallback: 'deterministic', reason: 'dspy_runtime_error', error: cause },
    rationale: 'dspy_runtime_fallback_veto',
    rationale_short: 'dspy_runtime_fallback_veto',
    required_checks: ['execution_policy', 'order_firewall', 'risk_engine'],
    risk_flags: ['dspy_runtime_fallback', cause],
    committee: null,
  })
  expect(advice.calibrated_probabilities).toEqual({ approve: 0, veto: 1, adjust: 0, abstain: 0, escalate: 0 })
})
