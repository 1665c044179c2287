import type { EvalRow } from '../scores/eval-row.ts'

/** A row labelled approve that the candidate approved at once; no result is known, no baseline was asked. */
export function sampleEvalRow(changes: Partial<EvalRow> = {}): EvalRow {
  return {
    rowId: 'row',
    symbol: 'NVDA',
    regime: 'trending',
    decidedAt: '2026-02-27T15:31:00Z',
    label: 'approve',
    contaminated: false,
    isVoid: false,
    advice: 'approve',
    sizeMultiplier: 1,
    firstAnswerValid: true,
    fallbackCause: null,
    probabilities: { approve: 0.8, adjust: 0.1, veto: 0.1, abstain: 0, escalate: 0 },
    latencyMs: 400,
    calls: 4,
    tokensPrompt: 2000,
    tokensCompletion: 300,
    result: null,
    baselines: {},
    ...changes,
  }
}
