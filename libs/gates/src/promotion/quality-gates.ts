import type { GateOutcome, JudgedMetrics, PairedDifference } from '@torghut/contracts'

import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import { isShareAtLeast, isShareAtMost } from '../evidence/share.ts'
import { isLiveTarget, judgedPart } from './candidate.ts'
import type { Candidate } from './candidate.ts'
import { NOT_ENOUGH_EVIDENCE } from './share-gate.ts'

/**
 * Blocks a candidate whose stated probabilities are not proved to be honest: upper ends of Brier score and ECE count.
 */
export function checkCalibration(candidate: Candidate): GateOutcome {
  const gate = 'calibration'
  return guarded(gate, () => {
    const { brier_max: brierMax, ece_max: eceMax } = candidate.policy.calibration
    const { calibration, rows } = judgedPart(candidate)
    if (calibration === null) return denied(gate, 'calibration_missing', { rows })
    const [brier, ece] = [calibration.brier.high, calibration.ece.high]
    const evidence = {
      brier: fact(brier),
      brier_max: fact(brierMax),
      ece: fact(ece),
      ece_max: fact(eceMax),
      rows: calibration.rows,
    }
    if (!isAtMost(brier, brierMax)) return denied(gate, 'brier_above_max', evidence)
    return isAtMost(ece, eceMax) ? passed(gate, evidence) : denied(gate, 'ece_above_max', evidence)
  })
}

/** Blocks a report in which a baseline the policy asks for was not run on the same rows. */
export function checkBaselines(candidate: Candidate): GateOutcome {
  const gate = 'baselines'
  return guarded(gate, () => {
    const run = judgedPart(candidate).baselines.map(({ name }) => name)
    const missing = candidate.policy.comparison.baselines.filter((name) => !run.includes(name))
    if (missing.length > 0 || run.length === 0) return denied(gate, 'baseline_missing', { run, missing })
    return passed(gate, { run })
  })
}

/** Blocks a candidate that is not proved to agree with the labels more often than what serves today. */
export function checkAgreementGain(candidate: Candidate): GateOutcome {
  const { agreement_gain_min: min } = candidate.policy.comparison
  return checkGain('agreement-gain', incumbent(candidate)?.agreement_gain ?? null, isNumber(min) && min > 0 ? min : NaN)
}

/** Blocks a candidate whose net result may be worse than the incumbent's by more than the policy allows. */
export function checkNetResult(candidate: Candidate): GateOutcome {
  const { net_loss_max: lossMax } = candidate.policy.comparison
  return checkGain(
    'net-result',
    incumbent(candidate)?.net_gain ?? null,
    isNumber(lossMax) && lossMax >= 0 ? 0 - lossMax : NaN,
  )
}

/** Blocks when a regime that must have been seen was seen too seldom. */
export function checkRegimeCoverage(candidate: Candidate): GateOutcome {
  const gate = 'regime-coverage'
  return guarded(gate, () => {
    const { required, rows_min: min } = candidate.policy.regimes
    const seen = Object.fromEntries(
      required.map((regime) => [regime, judgedPart(candidate).by_regime[regime]?.rows ?? 0]),
    )
    const missing = Object.fromEntries(
      Object.entries(seen)
        .filter(([, rows]) => !isEnough(rows, min))
        .map(([regime, rows]) => [regime, fact(min - rows)]),
    )
    if (Object.keys(missing).length === 0) return passed(gate, { min, seen })
    return denied(gate, NOT_ENOUGH_EVIDENCE, { min: fact(min), seen, rows_missing: missing })
  })
}

/**
 * Blocks a live target unless the result survives the number of variants tried: deflated Sharpe ratio and probability
 * of overfitting (Bailey and López de Prado 2014; Bailey and others 2015). In paper they are told and not judged.
 */
export function checkSelection({ target, report, policy }: Candidate): GateOutcome {
  const gate = 'selection'
  return guarded(gate, () => {
    const { trials, deflated_sharpe: sharpe, overfitting_probability: overfitting } = report.selection
    const evidence = { trials: fact(trials), deflated_sharpe: fact(sharpe), overfitting_probability: fact(overfitting) }
    if (!(Number.isSafeInteger(trials) && trials >= 1)) return denied(gate, 'trials_missing', evidence)
    if (!isLiveTarget(target)) return passed(gate, { ...evidence, judged: false })
    if (!isShareAtLeast(sharpe, policy.live.deflated_sharpe_min))
      return denied(gate, 'deflated_sharpe_below_min', evidence)
    const isLow = isShareAtMost(overfitting, policy.live.overfitting_probability_max)
    return isLow
      ? passed(gate, { ...evidence, judged: true })
      : denied(gate, 'overfitting_probability_above_max', evidence)
  })
}

/** Blocks unless the lower end of a paired interval reaches `min`. */
function checkGain(gate: string, gain: PairedDifference, min: number): GateOutcome {
  return guarded(gate, () => {
    const name = gate.replaceAll('-', '_')
    if (!Number.isFinite(min)) return denied(gate, `${name}_threshold_missing`, { min: fact(min) })
    if (gain === null) return denied(gate, `${name}_missing`, { min })
    const evidence = { min, low: fact(gain.low), mean: fact(gain.mean), pairs: gain.pairs }
    if (Number.isFinite(gain.low) && gain.low >= min) return passed(gate, evidence)
    return denied(gate, `${name}_unproved`, evidence)
  })
}

function incumbent(candidate: Candidate): JudgedMetrics['baselines'][number] | undefined {
  return judgedPart(candidate).baselines.find(({ name }) => name === candidate.policy.comparison.against)
}

/** Null compares like zero: a threshold has to be a number before it is compared with. */
function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

/** False without a threshold. */
function isEnough(rows: number, min: unknown): boolean {
  return Number.isSafeInteger(min) && rows >= (min as number)
}

/** False when either side is no number. */
function isAtMost(value: unknown, max: unknown): boolean {
  return isNumber(value) && isNumber(max) && value >= 0 && value <= max
}
