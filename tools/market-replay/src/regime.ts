import type { Signal } from './indicators.ts'

/** The compact regime block of the review contract. */
export interface RegimeBlock {
  regime_id: 'R1' | 'R2' | 'R3' | 'R4'
  entropy_band: 'low' | 'medium' | 'high'
  predicted_next: string
  artifact_version: string
  guardrail_reason: null
}

/**
 * Says in every request that these states come from thresholds: no hidden Markov model was trained here.
 */
export const REGIME_RULE_VERSION = 'rule-regime-v1'

/** Daily volatility from which the regime is stress: near the 90th percentile of the replayed 20 years. */
export const STRESS_VOLATILITY_MIN = 0.0175
/** Distance from the 50-day mean from which a quiet market counts as trending, not ranging. */
export const TREND_MIN = 0.015

/**
 * Names the regime by rule: R4 stress by volatility, R3 when the close breaks its 20-day range, R2 by distance from the
 * 50-day mean, else R1. R5 (liquidity breakdown) needs order books and is never named. The next regime is the same one:
 * persistence is the only forecast a rule can honestly make.
 */
export function ruleRegime(signal: Signal): RegimeBlock {
  const regime = regimeId(signal)
  return {
    regime_id: regime,
    entropy_band: entropyBand(signal),
    predicted_next: regime,
    artifact_version: REGIME_RULE_VERSION,
    guardrail_reason: null,
  }
}

function regimeId({ volatility, trend, breakout }: Signal): RegimeBlock['regime_id'] {
  if (volatility >= STRESS_VOLATILITY_MIN) return 'R4'
  if (breakout) return 'R3'
  return Math.abs(trend) >= TREND_MIN ? 'R2' : 'R1'
}

/** The nearer a threshold, the less sure the name: within a tenth of one is high, within three tenths medium. */
function entropyBand({ volatility, trend }: Signal): RegimeBlock['entropy_band'] {
  const toStress = Math.abs(volatility / STRESS_VOLATILITY_MIN - 1)
  const toTrend = Math.abs(Math.abs(trend) / TREND_MIN - 1)
  // In stress the trend threshold names nothing, so only the distance to stress counts.
  const nearest = volatility >= STRESS_VOLATILITY_MIN ? toStress : Math.min(toStress, toTrend)
  if (nearest < 0.1) return 'high'
  return nearest < 0.3 ? 'medium' : 'low'
}
