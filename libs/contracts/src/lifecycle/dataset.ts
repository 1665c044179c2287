import { z } from 'zod'

import { ReviewSubmission } from '../review/submission.ts'
import { TradeAction } from '../review/vocabulary.ts'
import { Decimal, Sha256, Timestamp, Uuid, ruleIssue, text } from '../scalars.ts'
import { LabelClass, RegimeBucket } from './eval-vocabulary.ts'

const Count = z.int().min(0)
const Share = z.number().gt(0).lt(1)

/** Where labels come from. The reviewer's own past verdict is not among them. */
export const LabelBasis = z.enum(['feedback', 'gates', 'realised', 'counterfactual'])
export type LabelBasis = z.infer<typeof LabelBasis>

/**
 * Why a row is left out unless somebody asks for it: nothing a program said stands behind it, or it decided nothing.
 */
export const RowMark = z.enum(['fallback', 'error', 'shadow', 'reducing'])
export type RowMark = z.infer<typeof RowMark>

/** The parts a set is cut into, in time order. */
export const Segment = z.enum(['train', 'validation', 'test'])
export type Segment = z.infer<typeof Segment>

/** One thing the decision rested on: where it stands in the input, who said it, when it was true and when known. */
export const SourceRef = z.strictObject({
  path: text(256),
  source: text(512),
  event_at: Timestamp,
  known_at: Timestamp,
  /** Hash of what stands at `path`, so that a later revision of it can be told apart. */
  value_hash: Sha256,
})
export type SourceRef = z.output<typeof SourceRef>

/** A label from what a trade earned after costs. `ends_at` is the exit: until then the label was open. */
export const ResultLabel = z.strictObject({
  outcome_id: Uuid,
  /** Null when the result lies too near to nothing to say which was right. */
  class: LabelClass.nullable(),
  gross: Decimal,
  net: Decimal,
  entry_price: Decimal,
  exit_price: Decimal,
  ends_at: Timestamp,
  known_at: Timestamp,
})
export type ResultLabel = z.output<typeof ResultLabel>

/** Every label of a row, each by its basis; they are never merged. */
const RowLabels = z.strictObject({
  feedback: z
    .strictObject({
      feedback_id: Uuid,
      source: z.enum(['person', 'desk_rule']),
      class: LabelClass,
      known_at: Timestamp,
    })
    .nullable(),
  gates: z.strictObject({ class: z.literal('veto'), code: text(128), known_at: Timestamp }).nullable(),
  realised: ResultLabel.nullable(),
  counterfactual: ResultLabel.nullable(),
})
export type RowLabels = z.output<typeof RowLabels>

/**
 * One decision as it stood when it was made, with what turned out to be right. `input` is what the program would be
 * asked with; nothing of the decision's own review, later records or results is in it.
 */
export const DatasetRow = z
  .strictObject({
    schema_version: z.literal('torghut.dataset-row.v1'),
    row_id: Sha256,
    trade_decision_id: Uuid,
    review_id: Uuid,
    symbol: text(32),
    strategy_id: text(128),
    action: TradeAction,
    regime: RegimeBucket,
    decided_at: Timestamp,
    label: LabelClass,
    label_basis: LabelBasis,
    /** The latest instant any of the row's labels looks at: what a split is purged by. */
    label_ends_at: Timestamp,
    labels: RowLabels,
    marks: z.array(RowMark).max(RowMark.options.length),
    sources: z.array(SourceRef).min(1).max(512),
    input: ReviewSubmission,
  })
  .check(({ value, issues }) => {
    const basis = value.labels[value.label_basis]
    if (basis !== null && basis.class === value.label) return
    issues.push(ruleIssue('label_without_basis', 'Expected the label its basis gives', value.label, ['label']))
  })
export type DatasetRow = z.output<typeof DatasetRow>

/** The kinds of leak a set is scanned for before it is used. */
export const LeakKind = z.enum([
  'future_bar',
  'result_in_features',
  'twin_across_split',
  'horizon_overlap',
  'revised_data',
  'own_record',
])
export type LeakKind = z.infer<typeof LeakKind>

/** What the rows of a set were chosen by. */
export const DatasetSelection = z.strictObject({
  program_name: text(128),
  starts_at: Timestamp,
  ends_at: Timestamp,
  /** Nothing known after it is in the set. */
  known_until: Timestamp,
  universe: text(4096),
  seed: text(128),
  /** The first basis that has a label gives the row's. */
  label_order: z.array(LabelBasis).min(1).max(LabelBasis.options.length),
  /** Results nearer to zero than this fraction of notional label nothing. */
  dead_band: Decimal,
  /** Marked rows that were let in on request. */
  marks_included: z.array(RowMark).max(RowMark.options.length),
})
export type DatasetSelection = z.output<typeof DatasetSelection>

/**
 * `dataset_manifest`: what is in a set. Its hash names the set; nothing in it depends on where or when it was built.
 */
export const DatasetManifest = z.strictObject({
  schema_version: z.literal('torghut.dataset-manifest.v1'),
  selection: DatasetSelection,
  rows: z.int().min(1),
  /** SHA-256 over the rows' canonical JSON, each ended by a line feed, in order of decision time and row id. */
  rows_hash: Sha256,
  first_decided_at: Timestamp,
  last_decided_at: Timestamp,
  by_regime: z.partialRecord(RegimeBucket, Count),
  by_label: z.partialRecord(LabelClass, Count),
  by_basis: z.partialRecord(LabelBasis, Count),
  by_symbol: z.array(z.strictObject({ symbol: text(32), rows: Count })),
  /** Decisions of the window that are not in the set, by reason. */
  left_out: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), Count),
  sources: Count,
})
export type DatasetManifest = z.output<typeof DatasetManifest>

const SegmentSummary = z.strictObject({
  rows: z.int().min(1),
  rows_hash: Sha256,
  first_decided_at: Timestamp,
  last_decided_at: Timestamp,
  by_regime: z.partialRecord(RegimeBucket, Count),
  by_label: z.partialRecord(LabelClass, Count),
})

/** How a split was asked for. */
export const SplitRule = z.strictObject({
  method: z.literal('temporal_purged'),
  seed: text(128),
  shares: z.strictObject({ train: Share, validation: Share, test: Share }).check(({ value, issues }) => {
    const whole = value.train + value.validation + value.test
    // Tenths have no exact double, so their sum may be off by a bit.
    if (Math.abs(whole - 1) < 1e-9) return
    issues.push(ruleIssue('shares_not_whole', `Expected shares that sum to 1, got ${whole}`, value))
  }),
  embargo_seconds: Count,
  /** Least rows of each part, and of each of these regimes in each part. */
  rows_min: z.int().min(1),
  regimes_required: z.array(RegimeBucket).max(RegimeBucket.options.length),
  regime_rows_min: Count,
  /** Largest share of one regime in a part, at least a half; 1 leaves the parts as they are. */
  regime_share_max: z.number().min(0.5).max(1),
})
export type SplitRule = z.output<typeof SplitRule>

/** `split_manifest`: how a set was cut, and what it cost. */
export const SplitManifest = z.strictObject({
  schema_version: z.literal('torghut.split-manifest.v1'),
  dataset_hash: Sha256,
  rule: SplitRule,
  segments: z.strictObject({ train: SegmentSummary, validation: SegmentSummary, test: SegmentSummary }),
  left_out: z.strictObject({ purged: Count, twin: Count, balance: Count }),
  /** Every kind was looked for; a split with a finding has no manifest. */
  leaks_checked: z.array(LeakKind).min(LeakKind.options.length),
})
export type SplitManifest = z.output<typeof SplitManifest>
