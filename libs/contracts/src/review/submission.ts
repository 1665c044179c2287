import { z } from 'zod'

import { inspectJson } from '../canonical/inspect-json.ts'
import type { ValidationIssue } from '../problem/validation-issue.ts'
import { toValidationIssues } from '../problem/validation-issue.ts'
import { Decimal, NonNegativeDecimal, PositiveDecimal, Timestamp, UnitInterval, Uuid, text } from '../scalars.ts'
import { ReviewRequest } from './request.ts'
import { TradeAction } from './vocabulary.ts'

/** What the contract's decision lacks about the order itself. */
export const OrderDetails = z.strictObject({
  limit_price: PositiveDecimal.nullable().default(null),
  stop_price: PositiveDecimal.nullable().default(null),
  reduce_only: z.boolean(),
})
export type OrderDetails = z.output<typeof OrderDetails>

export const PendingOrder = z.strictObject({
  order_id: text(128),
  symbol: text(32),
  side: TradeAction,
  qty: NonNegativeDecimal,
  reduce_only: z.boolean(),
})

/** What the pre-trade gates need and the contract's request lacks. Absent: new risk is denied in live. */
export const GateState = z.strictObject({
  as_of: Timestamp,
  instrument: z.strictObject({
    tick_size: PositiveDecimal,
    lot_size: PositiveDecimal,
    min_qty: NonNegativeDecimal,
    halted: z.boolean(),
    restricted: z.boolean(),
    shortable: z.boolean(),
  }),
  session: z.strictObject({
    state: z.enum(['pre', 'regular', 'post', 'closed']),
    ends_at: Timestamp.nullable().default(null),
  }),
  reference_price: z.strictObject({ price: PositiveDecimal, as_of: Timestamp, source: text(128) }),
  pending_orders: z.array(PendingOrder).max(1000),
  activity: z.strictObject({
    orders_last_minute: z.int().min(0),
    orders_today: z.int().min(0),
    repeats_today: z.int().min(0),
  }),
  pnl: z.strictObject({ day_pnl_usd: Decimal, drawdown: UnitInterval }),
})
export type GateState = z.output<typeof GateState>

/** The body of `POST /v1/reviews`. */
export const ReviewSubmission = z.strictObject({
  trade_decision_id: Uuid,
  order: OrderDetails.nullable().default(null),
  gate_state: GateState.nullable().default(null),
  request: ReviewRequest,
})
export type ReviewSubmission = z.output<typeof ReviewSubmission>

export type ParsedSubmission =
  | { ok: true; submission: ReviewSubmission; dropped: DroppedKeys }
  | { ok: false; issues: ValidationIssue[] }

/** How many keys of free maps were left out at parse. */
export interface DroppedKeys {
  params: number
  positions: number
}

/** Reads a posted body: text safety and depth first, then the schema. Never throws on any JSON value. */
export function parseReviewSubmission(body: unknown): ParsedSubmission {
  const unsafe = inspectJson(body)
  if (unsafe.length > 0) return { ok: false, issues: unsafe }
  const parsed = ReviewSubmission.safeParse(body, { reportInput: true })
  if (!parsed.success) return { ok: false, issues: toValidationIssues(parsed.error) }
  const normalised = requestMaps(parsed.data)
  const posted = requestMaps(body)
  return {
    ok: true,
    submission: parsed.data,
    dropped: {
      params: countKeys(posted.params) - countKeys(normalised.params),
      positions: countKeys(posted.positions) - countKeys(normalised.positions),
    },
  }
}

function requestMaps(body: unknown): { params: unknown; positions: unknown } {
  const request = member(body, 'request')
  return {
    params: member(member(request, 'decision'), 'params'),
    positions: [member(request, 'positions'), member(member(request, 'portfolio'), 'positions')],
  }
}

function member(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined
}

/** Members with a value, counted through nested maps; a null counts as absent. */
function countKeys(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countKeys(item), 0)
  return Object.values(value)
    .filter((item) => item !== null && item !== undefined)
    .reduce<number>((sum, item) => sum + 1 + countKeys(item), 0)
}
