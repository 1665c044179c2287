import type {
  AdviceVerdict,
  BaselineName,
  FallbackCause,
  LabelClass,
  Probabilities,
  RegimeBucket,
} from '@torghut/contracts'

/** What one reviewer (the candidate or a baseline) said about a row. */
export interface RowAnswer {
  /** Null when no usable advice came: a fallback is nobody's advice. */
  advice: AdviceVerdict | null
  /** Share of the decided quantity that the advice lets through when it adjusts, 0 to 1. */
  sizeMultiplier: number
}

/** What a row's trade earned, as a fraction of notional after costs, and whether it was really made. */
export interface RowResult {
  net: number
  kind: 'realised' | 'counterfactual'
}

/** One held-out row after the candidate answered it: everything a score is counted from. */
export interface EvalRow extends RowAnswer {
  rowId: string
  symbol: string
  regime: RegimeBucket
  decidedAt: string
  label: LabelClass
  /** True for a row the model may have read about while it was trained. */
  contaminated: boolean
  /** True for a row lost to infrastructure: it is counted, and never scored. */
  isVoid: boolean
  /** Whether the first answer was valid against the strict shape; null when the model was not asked. */
  firstAnswerValid: boolean | null
  fallbackCause: FallbackCause | null
  probabilities: Probabilities | null
  /** From receipt to advice, fallback included; null when the model was not asked. */
  latencyMs: number | null
  calls: number
  tokensPrompt: number
  tokensCompletion: number
  result: RowResult | null
  /** What each baseline said about the same row. */
  baselines: Readonly<Partial<Record<BaselineName, RowAnswer>>>
}
