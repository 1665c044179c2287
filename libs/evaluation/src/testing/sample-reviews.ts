import { parseReviewSubmission, sha256Hex } from '@torghut/contracts'
import type {
  DatasetRow,
  DatasetSelection,
  Feedback,
  ReviewRecord,
  ReviewSubmission,
  SplitRule,
  TradeResult,
} from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'

import { assembleRow } from '../dataset/dataset-row.ts'
import type { StoredReview } from '../dataset/dataset-row.ts'
import { compareRows } from '../dataset/dataset-tally.ts'
import { namedStream } from '../random/random-stream.ts'
import type { RandomStream } from '../random/random-stream.ts'

const EXAMPLE = parseReviewSubmission(exampleSubmission())
const DAY_MS = 86_400_000
const FIRST_MS = Date.parse('2026-01-05T21:00:00Z')

/** A set of daily decisions of three symbols over random walks; every label is a coin flip. */
export interface SampleMarket {
  seed: string
  days: number
  /** Days from entry to exit; labels of neighbouring rows overlap when it is above 1. */
  horizonDays: number
}

export const SELECTION: DatasetSelection = {
  program_name: 'trade-review-committee-v1',
  starts_at: '2026-01-01T00:00:00Z',
  ends_at: '2027-01-01T00:00:00Z',
  known_until: '2027-01-01T00:00:00Z',
  universe: 'all',
  seed: 'seed-1',
  label_order: ['feedback', 'gates', 'realised', 'counterfactual'],
  dead_band: '0',
  marks_included: [],
}

export const SPLIT_RULE: SplitRule = {
  method: 'temporal_purged',
  seed: 'seed-1',
  shares: { train: 0.6, validation: 0.2, test: 0.2 },
  embargo_seconds: 86_400,
  rows_min: 10,
  regimes_required: ['trending', 'mean_reverting'],
  regime_rows_min: 5,
  regime_share_max: 1,
}

/** Day `day` at the close, as an instant. */
export function closeAt(day: number): string {
  return new Date(FIRST_MS + day * DAY_MS).toISOString().replace('.000Z', 'Z')
}

/** A parsed submission: buy 10 NVDA. Each call gives a copy that may be changed. */
export function sampleSubmission(): ReviewSubmission {
  if (!EXAMPLE.ok) throw new Error(JSON.stringify(EXAMPLE.issues))
  return structuredClone(EXAMPLE.submission)
}

/** The rows of a market, in the order of a set. */
export function sampleRows(market: SampleMarket, selection = SELECTION): DatasetRow[] {
  const rows = sampleReviews(market).flatMap((stored) => {
    const assembled = assembleRow(stored, selection)
    return assembled.ok ? [assembled.row] : []
  })
  return rows.sort(compareRows)
}

/** Stored reviews with realised results, as the store would hand them out. */
export function sampleReviews({ seed, days, horizonDays }: SampleMarket): StoredReview[] {
  return ['AAA', 'BBB', 'CCC'].flatMap((symbol) => {
    const stream = namedStream(seed, 'market', symbol)
    const closes = walk(stream, days + horizonDays + 2)
    return Array.from({ length: days }, (_, day) => sampleReview({ symbol, day, horizonDays, closes, stream }))
  })
}

/** A record as the gates left it: approved, advised to approve, nothing failed. */
export function sampleRecord(changes: Partial<ReviewRecord> = {}): ReviewRecord {
  return { ...BASE_RECORD, ...changes }
}

/** A result that earned one percent after costs. */
export function sampleResult(changes: Partial<TradeResult> = {}): TradeResult {
  return {
    outcome_id: '00000000-0000-4000-8000-000000000001',
    trade_decision_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a01',
    kind: 'realised',
    horizon: 'P1D',
    entry: { price: '100', at: '2026-02-27T15:32:00Z' },
    exit: { price: '101.1', at: '2026-02-28T15:32:00Z' },
    gross: '0.011',
    costs: [{ name: 'commission', value: '0.001' }],
    net: '0.01',
    price_source: 'bars',
    event_at: '2026-02-28T15:32:00Z',
    known_at: '2026-02-28T15:32:00Z',
    ...changes,
  }
}

/** What a desk rule said a minute after the sample decision. */
export function sampleFeedback(changes: Partial<Feedback> = {}): Feedback {
  return {
    feedback_id: '00000000-0000-4000-8000-000000000010',
    trade_decision_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a01',
    source: { kind: 'desk_rule', id: 'desk' },
    label: 'veto',
    reason: '',
    known_at: '2026-02-27T15:32:00Z',
    ...changes,
  }
}

const BASE_RECORD = {
  review_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7c01',
  trade_decision_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a01',
  reviewed_at: '2026-02-27T15:31:02Z',
  verdict: 'approve',
  advice: { verdict: 'approve' },
  outcomes: [],
  fallback: null,
  llm_skipped: null,
} as unknown as ReviewRecord

function sampleReview(at: {
  symbol: string
  day: number
  horizonDays: number
  closes: number[]
  stream: RandomStream
}): StoredReview {
  const { symbol, day, horizonDays, closes, stream } = at
  const decisionId = uuidOf(`${symbol}/${day}/${closes[0]}`)
  const submission = sampleSubmission()
  const action = stream.nextUnit() < 0.5 ? 'buy' : 'sell'
  const price = closes[day] as number
  stamp(submission, { symbol, action, decisionId, at: closeAt(day), price, stream })
  const [entry, exit] = [closes[day + 1] as number, closes[day + 1 + horizonDays] as number]
  const gross = (exit / entry - 1) * (action === 'buy' ? 1 : -1)
  const exitAt = closeAt(day + 1 + horizonDays)
  const result = sampleResult({
    outcome_id: uuidOf(`${decisionId}/result`),
    trade_decision_id: decisionId,
    entry: { price: entry.toFixed(2), at: closeAt(day + 1) },
    exit: { price: exit.toFixed(2), at: exitAt },
    gross: gross.toFixed(8),
    net: (gross - 0.001).toFixed(8),
    event_at: exitAt,
    known_at: exitAt,
  })
  const record = sampleRecord({
    trade_decision_id: decisionId,
    review_id: uuidOf(`${decisionId}/review`),
    reviewed_at: closeAt(day),
  })
  return { submission, record, shadowOf: null, results: [result], feedback: [] }
}

function stamp(
  submission: ReviewSubmission,
  {
    symbol,
    action,
    decisionId,
    at,
    price,
    stream,
  }: { symbol: string; action: 'buy' | 'sell'; decisionId: string; at: string; price: number; stream: RandomStream },
): void {
  const { request, gate_state: state } = submission
  const text = price.toFixed(2)
  submission.trade_decision_id = decisionId
  const params = {
    price: text,
    rsi: (20 + 60 * stream.nextUnit()).toFixed(2),
    macd: (stream.nextUnit() - 0.5).toFixed(4),
  }
  const regime = {
    regime_id: stream.nextUnit() < 0.5 ? 'R1' : 'R2',
    entropy_band: 'low' as const,
    predicted_next: 'R1',
    artifact_version: 'rule',
    guardrail_reason: null,
  }
  Object.assign(request.decision, { symbol, action, event_ts: at, params, regime_hmm: regime })
  request.market = { symbol, as_of: at, price: text, spread: '0.02', source: 'bars' }
  if (state !== null) Object.assign(state, { as_of: at, reference_price: { price: text, as_of: at, source: 'bars' } })
  const context = request.market_context
  if (context === null) return
  Object.assign(context, { symbol, as_of_utc: at })
  for (const block of Object.values(context.domains)) if (block.as_of !== null) block.as_of = at
  context.domains.technicals.payload = { volume: stream.nextBelow(1_000_000) + 1000, rsi14: Number(params.rsi), price }
  context.domains.regime.payload = { volatility: 0.005 + 0.02 * stream.nextUnit(), trend: stream.nextUnit() - 0.5 }
}

/** Closes to the cent, about two percent a day. */
function walk(stream: RandomStream, days: number): number[] {
  let price = 40 + 100 * stream.nextUnit()
  return Array.from({ length: days }, () => {
    price *= 1 + 0.07 * (stream.nextUnit() - 0.5)
    return Math.round(price * 100) / 100
  })
}

function uuidOf(name: string): string {
  const hex = sha256Hex(name)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
