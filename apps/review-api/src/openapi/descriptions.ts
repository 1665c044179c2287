import type { ComponentName } from './components.ts'
import type { JsonSchema } from './json-schema.ts'

/**
 * Writes descriptions into named schemas and their fields. Throws when a schema has none or a field named here does
 * not exist: a description of something else is worse than none.
 */
export function describeComponents(schemas: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const described = Object.entries(schemas).map(([name, schema]) => {
    const description = components[name as ComponentName] as string | undefined
    if (description === undefined) throw new Error(`Cannot document schema "${name}": it has no description`)
    return [name, { description, ...schema, ...describedFields(name, schema) }]
  })
  return Object.fromEntries(described)
}

function describedFields(name: string, schema: JsonSchema): JsonSchema {
  const texts = Object.entries(fields[name as ComponentName] ?? {})
  if (texts.length === 0) return {}
  const properties = { ...schema.properties } as Record<string, JsonSchema>
  for (const [field, description] of texts) {
    if (properties[field] === undefined) throw new Error(`Cannot document "${name}.${field}": there is no such field`)
    properties[field] = { description, ...properties[field] }
  }
  return { properties }
}

const components: Record<ComponentName, string> = {
  Account: 'The account figures a reviewer may see.',
  AdviceVerdict: 'What a program may say. Advice only: gates outrank it.',
  Arm: 'Which side of a rollout served the review.',
  ArtifactPage: 'One page of artifacts, newest first.',
  ArtifactSummary: 'A stored program by its name, which is the hash of its bytes.',
  ArtifactUpload: 'A program, or the heuristic that comes with the code.',
  ArtifactView: 'A stored program, its content, and whether this server would serve it.',
  Band: 'Low, medium or high.',
  BatchAnswer: 'What was new, what was known already, what was refused and why.',
  CallerPolicy: 'What the caller lets a reviewer change. In force is, by field, the stricter of this and the server’s.',
  ChainReceipt: 'Where the record stands in its writer’s hash chain.',
  CircuitSnapshot: 'The breaker of the gateway. `open` covers half-open: everything but a probe is refused.',
  Citation: 'Where a piece of context was published.',
  CommitteeMember: 'What one member of the committee said.',
  CommitteeRole: 'A node of the program, by the part it plays.',
  CommitteeTrace: 'What each member said, written by code from the program’s nodes.',
  CompactRegime: 'The regime model’s state in short form.',
  ContextDomain: 'One domain of the context. A block names its own domain.',
  ControlChange: 'How to turn a switch, and why.',
  ControlName: 'The hard switches. Each can only make the service more careful.',
  ControlPage: 'One page of switches.',
  ControlScope: 'A symbol, a strategy, or a strategy on a symbol.',
  Decimal: 'An exact decimal as text, never a JSON number: no exponent, at most 20 digits, a point and 8 digits.',
  DecisionParams:
    'The strategy’s figures that reach a reviewer. A number or boolean is read as its text; other keys are dropped.',
  DenialChange: 'Whether an artifact is denied, and why.',
  DenylistEntry: 'An artifact that is never served, until a person cleared it.',
  DenylistPage: 'Every denial there ever was, newest first.',
  FailMode: 'What becomes of an order when its review fails.',
  FallbackCause: 'Why the deterministic fallback spoke instead of the program.',
  Feedback: 'What a person or a desk rule says should have been done with a decision.',
  FeedbackBatch: 'Labels to store. Each is judged by itself.',
  GateOutcome: 'What one gate answered, and the evidence it looked at.',
  GateState: 'What the pre-trade gates judge by and the request does not hold.',
  JournalReceipt:
    'Where the record waits for the database, on the disk of the process that decided it. Once it is drained, the same ' +
    'review is read with a chain receipt.',
  Liveness: 'The process answers.',
  LlmEvaluation: 'Figures over the stored reviews of today’s decisions.',
  LlmStatus: 'How reviews are guarded, in the words of the service this one succeeds.',
  MarketContext: 'The decision-time context bundle.',
  MarketSnapshot: 'The price the decision was made at.',
  NodePrompt: 'What one node was sent, or would be.',
  NonNegativeDecimal: 'A decimal of zero or more.',
  OrderDetails: 'What the decision does not say about its order.',
  OrderType: 'How an order is executed.',
  PendingOrder: 'An order that may still fill.',
  Portfolio: 'The portfolio at decision time.',
  PositiveDecimal: 'A decimal above zero.',
  Probabilities: 'One probability a verdict; they sum to one within 0.02.',
  Problem: 'Why a call was refused (RFC 9457). Branch on `code`, never on the text.',
  Readiness: 'Whether reviews can be recorded, and what is not well.',
  Receipt: 'Where the record is durable: in a hash chain, or in a journal while the database is away.',
  RecentDecision: 'An earlier decision of the same desk.',
  ReviewAdvice: 'What the program said of the order. The verdict may differ: gates outrank advice.',
  ReviewAnswer:
    'A review and its receipt. Every answer of one review is the same bytes, whenever it is read; only the receipt of a ' +
    'journalled one changes, once, when it is drained.',
  ReviewLineage: 'What produced the advice and what judged it. Hashes are SHA-256 over canonical JSON (RFC 8785).',
  ReviewPage: 'One page of reviews, newest first.',
  ReviewPrompts: 'What the model was sent for a review, or what another artifact would have sent.',
  ReviewRequest: 'The request a reviewer reads. Unknown keys are refused everywhere but in free maps.',
  ReviewSubmission: 'A decision to review, with what the gates need to know.',
  ReviewedOrder: 'The order to send.',
  Rollout: 'A candidate beside the pinned base. Which decisions it gets follows from the step and the decision id.',
  RolloutChange: 'Why a rollout is moved.',
  RolloutEvent: 'One move of a rollout: who made it, why, and from where to where.',
  RolloutStart: 'What to roll out, and why.',
  RolloutStatus: 'The newest rollout as it stands, and how it came there.',
  RuntimeControl: 'A switch as it stands. Past `expires_at` it reads as false.',
  RuntimeView: 'What this replica runs.',
  SavedArtifact: 'The hash an artifact is stored under.',
  Sha256: 'A SHA-256 in lower-case hex.',
  SkipReason: 'Why the model was not asked although nothing failed.',
  Stage: 'The promotion target an artifact was served under.',
  Timestamp: 'An instant with its zone (RFC 3339); answers are in UTC.',
  TokenUsage: 'Tokens as the gateway counted them.',
  TradeAction: 'The side of an order.',
  TradeDecision: 'What the strategy wants to do.',
  TradeResult: 'What a decision earned, or would have.',
  TradeResultBatch: 'Results to store. Each is judged by itself.',
  TradingStatus: 'How reviews are guarded, and today’s figures.',
  TradingMode: 'Whether real money moves.',
  Uuid: 'An id of 128 bits, hyphenated.',
  ValidationIssue: 'One thing wrong with a body.',
  Verdict: 'The final word on an order.',
}

const fields: Partial<Record<ComponentName, Record<string, string>>> = {
  BatchAnswer: { rejected: '`index` counts from zero in the posted batch.' },
  ControlChange: {
    expires_at: 'Null: until somebody turns it back.',
    scope: 'Null: everything. Only halts and forced fallbacks can be scoped.',
  },
  ArtifactView: {
    bytes_hash: 'What the stored bytes hash to now. Another hash than the name: they were changed.',
    content: 'Null when the stored bytes are not a JSON object.',
    denied: 'As this replica last read.',
  },
  Feedback: { known_at: 'When it was said.', label: 'What should have been done.' },
  GateState: {
    as_of: 'An exit is proved only by a state within 60 s of the decision’s `event_ts`.',
    pending_orders: 'An empty list says there are none. Those of the same side and symbol count against an exit.',
    pnl: '`day_pnl_usd` is negative for a loss; `drawdown` is a share of the peak.',
    reference_price: 'The price limits are compared with.',
  },
  MarketContext: { freshness_seconds: 'Age of the newest domain. Gates look at each domain’s own.' },
  NodePrompt: {
    messages: 'Null when a node it reads gave no answer to show it. Each call’s own nonce stands as `{nonce}`.',
    sent_hashes: 'The prompts of the calls that were made for this node, re-asks included.',
    was_sent: 'Whether one of those calls sent these very messages.',
  },
  OrderDetails: { reduce_only: 'Tells the broker; it proves nothing to a gate.' },
  Portfolio: { exposure_by_symbol: 'US dollars by symbol.', positions: 'Positions without a symbol are dropped.' },
  Problem: { instance: 'Names this failure in the server’s log.' },
  ReviewAnswer: {
    advice: 'Null when the model was skipped.',
    basis: 'What the gates were told beside the submission, the advice and the policy.',
    clock: 'A replayed review happened at its decision’s own time.',
    decision: 'Null on a veto.',
    dropped: 'How much of the request and of the advice was left out at parse.',
    fallback: 'Null when the program answered or was not asked.',
    llm_skipped: 'Null when the model was asked, or should have been.',
    outcomes: 'Each gate’s answer, in the order of the gates.',
    provenance: 'Where the values of the advice came from. Null when no program was run.',
    reason: 'Code of the first failing gate in that order, else of the policy; null when nothing objected.',
    timings: 'Milliseconds up to the record. Storing it is told in the `Server-Timing` header.',
    valid_until: 'After this instant the verdict allows nothing.',
    verdict: 'What to do. Approve and adjust are no permission to trade: your own risk checks stay.',
  },
  ReviewPage: { next_cursor: 'Give it as `cursor` to read on; null on the last page.' },
  ReviewRequest: { positions: 'Open positions. A short one has side `short` or a negative `qty`.' },
  ReviewSubmission: {
    gate_state: 'Without it new risk is denied in live; in paper the review says that it was missing.',
    order: 'Null for a plain market order.',
    trade_decision_id: 'Also the idempotency key, unless the header gives another.',
  },
  RolloutStart: { target: 'By default the narrowest this server’s mode knows.' },
  RolloutStatus: {
    candidate_problem: 'Why the candidate cannot serve here; the base serves its share. Null when it can.',
    events: 'Oldest first.',
    share_percent: 'Percent of the decisions that the rollout gives its candidate.',
  },
  TradeDecision: { event_ts: 'When the strategy decided.', qty: 'Shares or contracts, above zero.' },
  RuntimeView: { environment_hash: 'Over the names and values as shown, so replacing a secret is no drift.' },
  TradingStatus: { llm_evaluation: 'Null while the database is away.' },
  TradeResult: {
    event_at: 'The time of the exit.',
    gross: 'Fraction of entry notional, signed for the decision’s side.',
    horizon: 'ISO 8601 duration.',
    known_at: 'When this result could first be known; never before `event_at`.',
    net: '`gross` minus all `costs`, exactly.',
  },
  ValidationIssue: { path: 'Dotted from the root of the body; empty for the root itself.' },
}
