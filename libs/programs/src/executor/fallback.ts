import type { FallbackCause, ReviewAdvice } from '@torghut/contracts'

/**
 * The advice given when the program has none: a veto in the contract's shape (4.6). Same cause, same bytes, so what
 * varies from call to call (the detail) stays in the review record and out of here. It is not a retry.
 */
export function fallbackAdvice(cause: FallbackCause): ReviewAdvice {
  return {
    verdict: 'veto',
    confidence: 1,
    confidence_band: 'high',
    calibrated_probabilities: { approve: 0, veto: 1, adjust: 0, abstain: 0, escalate: 0 },
    uncertainty: { score: 0, band: 'low', confidence_interval_low: null, confidence_interval_high: null },
    calibration_metadata: { fallback: 'deterministic', reason: 'dspy_runtime_error', error: cause },
    adjusted_qty: null,
    adjusted_order_type: null,
    limit_price: null,
    escalate_reason: null,
    rationale: 'dspy_runtime_fallback_veto',
    rationale_short: 'dspy_runtime_fallback_veto',
    required_checks: ['execution_policy', 'order_firewall', 'risk_engine'],
    risk_flags: ['dspy_runtime_fallback', cause],
    committee: null,
  }
}
