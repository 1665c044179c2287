import {
  Account,
  AdviceVerdict,
  Arm,
  Band,
  BatchAnswer,
  BootstrapArtifact,
  CallerPolicy,
  ChainReceipt,
  CircuitSnapshot,
  Citation,
  CommitteeMember,
  CommitteeRole,
  CommitteeTrace,
  CompactRegime,
  ContextDomain,
  ControlChange,
  ControlName,
  ControlScope,
  Decimal,
  DecisionParams,
  DenylistEntry,
  FailMode,
  FallbackCause,
  Feedback,
  FeedbackBatch,
  GateOutcome,
  GateState,
  JournalReceipt,
  MarketContext,
  MarketSnapshot,
  NonNegativeDecimal,
  OrderDetails,
  OrderType,
  PendingOrder,
  Portfolio,
  PositiveDecimal,
  Probabilities,
  Problem,
  ProgramArtifact,
  Receipt,
  RecentDecision,
  ReviewAdvice,
  ReviewAnswer,
  ReviewLineage,
  ReviewRequest,
  ReviewSubmission,
  ReviewedOrder,
  Rollout,
  RolloutEvent,
  RuntimeControl,
  Sha256,
  SkipReason,
  Stage,
  Timestamp,
  TokenUsage,
  TradeAction,
  TradeDecision,
  TradeResult,
  TradeResultBatch,
  TradingMode,
  Uuid,
  ValidationIssue,
  Verdict,
} from '@torghut/contracts'
import { z } from 'zod'

import { ArtifactPage, ArtifactSummary, ArtifactView, SavedArtifact } from '../routes/artifacts.ts'
import { ControlPage } from '../routes/controls.ts'
import { Liveness, Readiness } from '../routes/health.ts'
import { DenialChange, DenylistPage } from '../routes/rollout.ts'
import { NodePrompt, ReviewPrompts } from '../serving/review-prompts.ts'
import { RolloutChange, RolloutStart, RolloutStatus } from '../serving/rollout-desk.ts'
import { LlmEvaluation } from '../status/evaluation.ts'
import { RuntimeView } from '../status/runtime-view.ts'
import { LlmStatus, TradingStatus } from '../status/trading-status.ts'
import { describeComponents } from './descriptions.ts'
import { componentRef, toComponents, toParameterSchemas } from './json-schema.ts'
import type { JsonSchema } from './json-schema.ts'
import { inBothSpellings } from './spellings.ts'

/** Words both directions use; their form is the same when read and when written. */
const shared = {
  AdviceVerdict,
  Arm,
  Band,
  CommitteeRole,
  ControlName,
  ControlScope,
  Decimal,
  FailMode,
  FallbackCause,
  NonNegativeDecimal,
  OrderType,
  PositiveDecimal,
  Sha256,
  SkipReason,
  Stage,
  Timestamp,
  TradeAction,
  TradingMode,
  Uuid,
  Verdict,
}

/** Either form of a program. */
const ArtifactUpload = z.union([ProgramArtifact, BootstrapArtifact])

/** What callers send, in the form they may send it. */
const requests = {
  Account,
  ArtifactUpload,
  CallerPolicy,
  Citation,
  CompactRegime,
  ContextDomain,
  ControlChange,
  DecisionParams,
  DenialChange,
  Feedback,
  FeedbackBatch,
  GateState,
  MarketContext,
  MarketSnapshot,
  OrderDetails,
  PendingOrder,
  Portfolio,
  RecentDecision,
  ReviewRequest,
  ReviewSubmission,
  RolloutChange,
  RolloutStart,
  TradeDecision,
  TradeResult,
  TradeResultBatch,
}

const ReviewPage = z.strictObject({ items: z.array(ReviewAnswer), next_cursor: z.string().nullable() })

/** What we answer, in the form it leaves: defaults are filled in, so every field is there. */
const answers = {
  ArtifactPage,
  ArtifactSummary,
  ArtifactView,
  BatchAnswer,
  ChainReceipt,
  CircuitSnapshot,
  CommitteeMember,
  CommitteeTrace,
  ControlPage,
  DenylistEntry,
  DenylistPage,
  GateOutcome,
  JournalReceipt,
  Liveness,
  LlmEvaluation,
  LlmStatus,
  NodePrompt,
  Probabilities,
  Problem,
  Readiness,
  Receipt,
  ReviewAdvice,
  ReviewAnswer,
  ReviewLineage,
  ReviewPage,
  ReviewPrompts,
  ReviewedOrder,
  Rollout,
  RolloutEvent,
  RolloutStatus,
  RuntimeControl,
  RuntimeView,
  SavedArtifact,
  TokenUsage,
  TradingStatus,
  ValidationIssue,
}

export type ComponentName = keyof typeof shared | keyof typeof requests | keyof typeof answers

/** Every named schema of the document, generated from the contracts, sorted by name. */
export function componentSchemas(): Record<string, JsonSchema> {
  const generated = {
    ...toComponents({ ...shared, ...answers }, 'output'),
    ...toComponents({ ...shared, ...requests }, 'input'),
  }
  const described = describeComponents({ ...generated, ...refined(generated) })
  const spelled = inBothSpellings(described, ['MarketContext', 'ContextDomain', 'Citation'])
  return Object.fromEntries(Object.entries(spelled).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The fields of a query schema as the document's parameters, in the order the schema names them. */
export function queryParameters(query: z.ZodType, descriptions: Record<string, string>): object[] {
  return Object.entries(toParameterSchemas(query, shared)).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    ...(descriptions[name] === undefined ? {} : { description: descriptions[name] }),
    schema,
  }))
}

/** Rules a zod check states in code, which JSON Schema can state too; a test holds both against each other. */
function refined(generated: Record<string, JsonSchema>): Record<string, JsonSchema> {
  return {
    PositiveDecimal: { type: 'string', pattern: '^(?=.*[1-9])\\d{1,20}(\\.\\d{1,8})?$', examples: ['182.41'] },
    NonNegativeDecimal: { type: 'string', pattern: '^(-(?!.*[1-9]))?\\d{1,20}(\\.\\d{1,8})?$', examples: ['0'] },
    ControlScope: { ...generated['ControlScope'], minProperties: 1 },
    FeedbackBatch: withItems(generated['FeedbackBatch'], 'feedback', 'Feedback'),
    TradeResultBatch: withItems(generated['TradeResultBatch'], 'outcomes', 'TradeResult'),
  }
}

/** Batches are read item by item, so that a bad one rejects only itself; their own schemas leave the items open. */
function withItems(batch: JsonSchema = {}, field: string, item: ComponentName): JsonSchema {
  const list = batch.properties?.[field] as JsonSchema
  return { ...batch, properties: { ...batch.properties, [field]: { ...list, items: componentRef(item) } } }
}
