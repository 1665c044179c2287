import { z } from 'zod'

import { AdviceVerdict, FallbackCause } from '../review/vocabulary.ts'
import { Sha256, Timestamp, text } from '../scalars.ts'
import { LabelClass, RegimeBucket } from './eval-vocabulary.ts'

const Count = z.int().min(0)

/** What can be wrong with an answer; a row may be wrong in several ways. */
export const FailureKind = z.enum([
  'fallback',
  'invalid_first_answer',
  'missed_veto',
  'false_veto',
  'other_disagreement',
  'void',
])
export type FailureKind = z.infer<typeof FailureKind>

const FailedRow = z.strictObject({
  row_id: text(128),
  symbol: text(32),
  regime: RegimeBucket,
  decided_at: Timestamp,
  kinds: z.array(FailureKind).min(1),
  label: LabelClass,
  advice: AdviceVerdict.nullable(),
  fallback_cause: FallbackCause.nullable(),
  /** What perfect advice had earned more, as a fraction of notional; null without a result. */
  regret: z.number().min(0).nullable(),
})

/** `failure_analysis` of an evaluation: how rows failed, where, and the ones that cost most. */
export const FailureAnalysis = z.strictObject({
  schema_version: z.literal('torghut.failure-analysis.v1'),
  artifact_hash: Sha256,
  rows: Count,
  failed_rows: Count,
  by_kind: z.partialRecord(FailureKind, Count),
  by_cause: z.partialRecord(FallbackCause, Count),
  by_regime: z.partialRecord(RegimeBucket, Count),
  /** How often each label was answered by each class; `none` is a fallback. */
  confusion: z.array(
    z.strictObject({ label: LabelClass, answered: z.enum([...LabelClass.options, 'none']), rows: Count }),
  ),
  worst: z.array(FailedRow).max(100),
})
export type FailureAnalysis = z.output<typeof FailureAnalysis>

/** `reproducibility_bundle` of an evaluation: everything that has to be the same for it to come out the same. */
export const ReproducibilityBundle = z.strictObject({
  schema_version: z.literal('torghut.reproducibility-bundle.v1'),
  artifact_hash: Sha256,
  compile_hash: Sha256,
  /** What replaying the compile from its ledger made. */
  replayed_artifact_hash: Sha256,
  dataset_hash: Sha256,
  split_hash: Sha256,
  rows_hash: Sha256,
  metric_policy_hash: Sha256,
  seed: text(128),
  engine_version: text(64),
  model: z.strictObject({ name: text(128), knowledge_cutoff: z.iso.date().nullable(), simulated: z.boolean() }),
  /** Hash of the ledger keys of every model call, in order: a replay makes no other. */
  ledger_hash: Sha256,
  calls: Count,
})
export type ReproducibilityBundle = z.output<typeof ReproducibilityBundle>
