import { z } from 'zod'

import type { AdviceVerdict } from '../review/vocabulary.ts'

/** What a decision is labelled with, and what an advice counts as: abstain and escalate count as veto. */
export const LabelClass = z.enum(['approve', 'adjust', 'veto'])
export type LabelClass = z.infer<typeof LabelClass>

/** What a candidate is compared with; `no_model` is the gates alone, `production` what serves today. */
export const BaselineName = z.enum(['heuristic', 'no_model', 'static_momentum', 'production'])
export type BaselineName = z.infer<typeof BaselineName>

/** The market regimes rows are counted by (contract, 8.5); `unknown` when the request names none. */
export const RegimeBucket = z.enum(['trending', 'mean_reverting', 'high_volatility', 'crisis', 'unknown'])
export type RegimeBucket = z.infer<typeof RegimeBucket>

/** States R1 to R5 of the regime model (contract, 8.6) as buckets of the evaluation standard (8.5). */
const BUCKETS: Readonly<Record<string, RegimeBucket>> = {
  R1: 'mean_reverting',
  R2: 'trending',
  R3: 'trending',
  R4: 'high_volatility',
  R5: 'crisis',
}

/** The bucket of a regime id; an id no one knows has none. */
export function regimeBucket(regimeId: string | null): RegimeBucket {
  return regimeId !== null && Object.hasOwn(BUCKETS, regimeId) ? (BUCKETS[regimeId] as RegimeBucket) : 'unknown'
}

/** The class an advice or a label counts as. */
export function labelClass(verdict: AdviceVerdict): LabelClass {
  return verdict === 'approve' || verdict === 'adjust' ? verdict : 'veto'
}
