import { GatePolicy } from '../review/gate-policy.ts'

/** A paper policy with the contract's limits; adjustments allowed. */
export function exampleGatePolicy(): GatePolicy {
  return GatePolicy.parse({
    policy_version: 'torghut.gate-policy.v1',
    trading_mode: 'paper',
    advice: {
      adjustment_allowed: true,
      min_qty_multiplier: 0.5,
      max_qty_multiplier: 1,
      min_confidence: 0.5,
      min_calibrated_top_probability: 0.45,
      min_probability_margin: 0.05,
      max_uncertainty: 0.6,
      max_uncertainty_band: 'medium',
      min_calibration_quality_score: 0.5,
      abstain_fail_mode: 'veto',
      escalate_fail_mode: 'veto',
      quality_fail_mode: 'veto',
    },
    context: { required: false, min_quality: 0.4, max_staleness_seconds: 300, fail_mode: 'shadow_only' },
    allowed_order_types: ['limit', 'market', 'stop', 'stop_limit'],
    verdict_ttl_seconds: 60,
  })
}
