import type { EvalReport, GateOutcome } from '@torghut/contracts'

import type { Candidate } from './candidate.ts'
import {
  checkBinding,
  checkConfirmation,
  checkContamination,
  checkGateBypasses,
  checkLeaks,
  checkReproducibility,
  checkVoidRows,
} from './evidence-gates.ts'
import {
  checkAgreementGain,
  checkBaselines,
  checkCalibration,
  checkNetResult,
  checkRegimeCoverage,
  checkSelection,
} from './quality-gates.ts'
import {
  checkAgreement,
  checkFallbackRate,
  checkFalseVeto,
  checkLatency,
  checkSchemaValidity,
  checkVetoAlignment,
} from './score-gates.ts'
import { guarded } from '../evidence/outcome.ts'

/** What the gates make of a candidate: the outcomes its evaluation report carries. */
export type CandidateJudgement = Pick<EvalReport, 'outcomes' | 'gate_compatibility' | 'promotion_recommendation'>

/** The promotion gates by name, in the order outcomes are listed: is it the right evidence, then is it good enough. */
const GATES: Readonly<Record<string, (candidate: Candidate) => GateOutcome>> = {
  reproducibility: checkReproducibility,
  'evidence-binding': checkBinding,
  leaks: checkLeaks,
  confirmation: checkConfirmation,
  contamination: checkContamination,
  'void-rows': checkVoidRows,
  'gate-bypasses': checkGateBypasses,
  'schema-validity': checkSchemaValidity,
  'fallback-rate': checkFallbackRate,
  latency: checkLatency,
  agreement: checkAgreement,
  'veto-alignment': checkVetoAlignment,
  'false-veto': checkFalseVeto,
  calibration: checkCalibration,
  'regime-coverage': checkRegimeCoverage,
  baselines: checkBaselines,
  'agreement-gain': checkAgreementGain,
  'net-result': checkNetResult,
  selection: checkSelection,
}

/** Names of the promotion gates, in order. */
export const PROMOTION_GATES: readonly string[] = Object.keys(GATES)

/**
 * Asks every promotion gate. The candidate is recommended for its target when all pass, else held. All have to pass, so
 * the chance that a candidate which misses any one requirement gets through is at most the error of that one gate
 * (intersection-union test, Berger 1982): no correction over gates is needed. Never throws.
 */
export function judgeCandidate(candidate: Candidate): CandidateJudgement {
  const outcomes = Object.entries(GATES).map(([gate, check]) => guarded(gate, () => check(candidate)))
  const isPassed = outcomes.every(({ passed }) => passed)
  return {
    outcomes,
    gate_compatibility: isPassed ? 'pass' : 'fail',
    promotion_recommendation: isPassed ? candidate.target : 'hold',
  }
}
