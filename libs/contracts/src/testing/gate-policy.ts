import { GatePolicy } from '../review/gate-policy.ts'
import { composeGatePolicy } from '../review/policy-file.ts'
import type { PolicyFile } from '../review/policy-file.ts'

/** A paper policy with the contract's limits; adjustments allowed; every limit but the decision's age configured. */
export function exampleGatePolicy(): GatePolicy {
  const settings = {
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
  } as const
  const composed = composeGatePolicy(settings, examplePolicyFile())
  if (!composed.ok) throw new Error(JSON.stringify(composed.faults))
  return GatePolicy.parse(composed.policy)
}

/** A policy file that live would take too. */
export function examplePolicyFile(): PolicyFile {
  return {
    file_version: 'torghut.gate-policy-file.v1',
    paper_without: ['max_decision_age_seconds'],
    allowed_order_types: ['limit', 'market', 'stop', 'stop_limit'],
    verdict_ttl_seconds: 60,
    limits: {
      price_collar_bps: 500,
      order_notional_usd: { min: null, max: '50000' },
      order_qty: { min: null, max: '1000' },
      max_symbol_exposure_usd: '100000',
      max_position_qty: '2000',
      max_concentration_bps: 5000,
      reduce_only: false,
      max_gross_exposure_usd: '400000',
      max_buying_power_bps: 10_000,
      max_orders_per_minute: 60,
      max_orders_per_day: 1000,
      max_repeats_per_day: 20,
      max_drawdown: 0.2,
      max_daily_loss_usd: '20000',
      max_decision_age_seconds: 120,
      max_gate_state_age_seconds: 60,
      max_reference_age_seconds: 60,
      max_context_age_seconds: 300,
      max_domain_age_seconds: { technicals: 60, fundamentals: 86_400, news: 600, regime: 120 },
      required_domains: ['technicals', 'regime'],
      sessions: ['pre', 'regular', 'post'],
      constrained_live_max_order_notional_usd: '5000',
    },
    by_symbol: {},
    restricted_symbols: [],
    regime: {
      missing: 'pass',
      unauthoritative: 'abstain',
      guarded: 'abstain',
      entropy: { low: 'pass', medium: 'pass', high: 'degrade' },
      states: {},
      uncertainty: { degrade_above: 0.6, abstain_above: 0.8, fail_above: 0.95 },
    },
    critical_notional_usd: '25000',
    fast_path: null,
    caches_on_review_path: false,
  }
}
