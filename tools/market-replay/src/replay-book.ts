import { v5 as uuidV5 } from 'uuid'

import type { Bar } from './bars.ts'
import type { Book, Market } from './books.ts'
import { decisionId } from './books.ts'
import type { DeskLabel } from './desk-rules.ts'
import { deskLabel } from './desk-rules.ts'
import type { AccountMark } from './paper-account.ts'
import { PaperAccount, entryQty } from './paper-account.ts'
import type { PlannedTrade } from './plan-trades.ts'
import type { PostedOutcome } from './results.ts'
import { tradeResult } from './results.ts'
import type { RecentDecision, ReviewBody } from './review-body.ts'
import { RECENT_DECISIONS_MAX, SYMBOL, buildReviewBody } from './review-body.ts'
import type { ReviewAttempt, ReviewClient } from './review-client.ts'
import type { Side } from './strategies.ts'
import { REPLAY_NAMESPACE } from './strategies.ts'

/** One decision that was posted and how it was answered. */
export interface ReviewedDecision {
  purpose: 'entry' | 'exit'
  body: ReviewBody
  attempt: ReviewAttempt
  desk: DeskLabel
  date: string
}

/** The result of one entry, beside the verdict it had. */
export interface BookedResult {
  date: string
  verdict: FinalVerdict
  desk: DeskLabel
  outcome: PostedOutcome
}

export type FinalVerdict = 'approve' | 'adjust' | 'veto'

/** What a book needs from the run around it. */
export interface BookContext {
  market: Market
  seed: string
  client: ReviewClient
  /** The label the desk files for an entry, or null to file none. */
  deskFeedback: (entry: ReviewedDecision) => { label: string; reason: string } | null
  onDecision: (decision: ReviewedDecision) => void
  onResult: (result: BookedResult) => void
  isStopped: () => boolean
}

/** A trade under way: what was asked, what was allowed. */
interface LiveTrade {
  plan: PlannedTrade
  entry: ReviewedDecision
  verdict: FinalVerdict
  qty: number
}

/** A book in progress. */
interface BookState {
  account: PaperAccount
  recent: RecentDecision[]
  live: LiveTrade | null
  nextTrade: number
}

/**
 * Replays one book bar by bar: fills first, then the mark, then results and desk labels that became known, then the
 * decision of that close. Verdicts act: a veto is not entered, an adjustment is entered smaller, exits always happen.
 */
export async function replayBook(book: Book, context: BookContext): Promise<void> {
  const state: BookState = { account: new PaperAccount(), recent: [], live: null, nextTrade: 0 }
  const { bars } = context.market
  for (let index = book.trades[0]?.entryAt ?? bars.length; index < bars.length; index += 1) {
    const bar = bars[index]
    if (bar === undefined || context.isStopped()) return
    fillOrders(state, bar, index)
    const mark = state.account.markClose(bar.closeCents / 100)
    await fileWhatIsKnown(state, context, bar, index)
    await decideAtClose(state, context, { book, bar, index, mark })
    if (state.live === null && state.nextTrade >= book.trades.length) return
  }
}

/** Executes at this close what was decided at the one before. */
function fillOrders({ account, live }: BookState, bar: Bar, index: number): void {
  if (live?.plan.entryFillAt === index) account.open(live.plan.side, live.qty, bar.closeCents / 100)
  if (isExitFill(live, index)) account.close(bar.closeCents / 100)
}

function isExitFill(live: LiveTrade | null, index: number): boolean {
  return live !== null && live.plan.exitAt === index - 1
}

async function fileWhatIsKnown(state: BookState, context: BookContext, bar: Bar, index: number): Promise<void> {
  const { live } = state
  if (live?.plan.entryFillAt === index) await fileFeedback(context, live, bar)
  if (live === null || !isExitFill(live, index)) return
  await fileResult(context, live, bar)
  state.live = null
}

async function decideAtClose(
  state: BookState,
  context: BookContext,
  { book, bar, index, mark }: { book: Book; bar: Bar; index: number; mark: AccountMark },
): Promise<void> {
  const { live, recent } = state
  const close = { bar, index, mark, recent }
  if (live !== null) {
    if (live.plan.exitAt !== index || live.qty === 0) return
    await postDecision(context, { plan: live.plan, purpose: 'exit', qty: live.qty, ...close })
    return
  }
  const plan = book.trades[state.nextTrade]
  if (plan?.entryAt !== index) return
  const qty = entryQty(mark.equity, bar.closeCents / 100)
  state.live = toLiveTrade(plan, await postDecision(context, { plan, purpose: 'entry', qty, ...close }))
  state.nextTrade += 1
}

/** Applies an answer to an entry. No answer is a veto; a size above what was asked is never taken. */
function toLiveTrade(plan: PlannedTrade, entry: ReviewedDecision): LiveTrade {
  const { reply } = entry.attempt
  if (reply === null || reply.verdict === 'veto') return { plan, entry, verdict: 'veto', qty: 0 }
  const asked = Number(entry.body.request.decision.qty)
  const allowed = Math.floor(Number(reply.decision?.qty ?? asked))
  const qty = allowed > 0 ? Math.min(asked, allowed) : 0
  return { plan, entry, verdict: qty > 0 ? reply.verdict : 'veto', qty }
}

interface DecisionAtClose {
  plan: PlannedTrade
  purpose: 'entry' | 'exit'
  qty: number
  bar: Bar
  index: number
  mark: AccountMark
  recent: RecentDecision[]
}

async function postDecision(context: BookContext, facts: DecisionAtClose): Promise<ReviewedDecision> {
  const body = describeDecision(context, facts)
  const attempt = await context.client.postReview(body)
  const decision: ReviewedDecision = {
    purpose: facts.purpose,
    body,
    attempt,
    desk: deskLabel(body.request),
    date: facts.bar.date,
  }
  facts.recent.unshift(toRecent(decision))
  facts.recent.length = Math.min(facts.recent.length, RECENT_DECISIONS_MAX)
  context.onDecision(decision)
  return decision
}

function describeDecision({ market, seed }: BookContext, facts: DecisionAtClose): ReviewBody {
  const { plan, purpose, qty, bar, index, mark, recent } = facts
  const signal = market.signals[index]
  if (!signal) throw new Error(`Cannot decide on "${bar.date}": its indicators are still warming up`)
  return buildReviewBody({
    decisionId: decisionId(seed, plan, bar, purpose),
    strategyId: plan.strategy.strategyId,
    action: purpose === 'entry' ? plan.side : opposite(plan.side),
    qty,
    reducing: purpose === 'exit',
    rationale: purpose === 'entry' ? plan.rationale : (plan.exitReason ?? ''),
    bar,
    signal,
    account: mark,
    recent,
    // A book sends at most one order a close, so none came before this one today.
    activity: { orders_last_minute: 0, orders_today: 0, repeats_today: 0 },
  })
}

function toRecent({ body, attempt, purpose }: ReviewedDecision): RecentDecision {
  const { decision, market } = body.request
  const refused = purpose === 'entry' && (attempt.reply?.verdict ?? 'veto') === 'veto'
  return {
    decision_id: body.trade_decision_id,
    strategy_id: decision.strategy_id,
    symbol: SYMBOL,
    action: decision.action,
    qty: decision.qty,
    status: refused ? 'rejected' : 'filled',
    created_at: decision.event_ts,
    rationale: decision.rationale,
    price: market.price,
  }
}

async function fileResult(context: BookContext, trade: LiveTrade, exit: Bar): Promise<void> {
  const entry = context.market.bars[trade.plan.entryFillAt]
  if (entry === undefined) return
  const decided = trade.entry.body.trade_decision_id
  const outcome = tradeResult({
    outcomeId: uuidV5(`${decided}/result`, REPLAY_NAMESPACE),
    decisionId: decided,
    kind: trade.qty > 0 ? 'realised' : 'counterfactual',
    side: trade.plan.side,
    entry,
    exit,
  })
  await context.client.postOutcomes([outcome])
  context.onResult({ date: trade.entry.date, verdict: trade.verdict, desk: trade.entry.desk, outcome })
}

/** The desk looks at yesterday's entries a day later, at the close that fills them. */
async function fileFeedback(context: BookContext, trade: LiveTrade, bar: Bar): Promise<void> {
  const filed = context.deskFeedback(trade.entry)
  if (filed === null) return
  const decided = trade.entry.body.trade_decision_id
  await context.client.postFeedback([
    {
      feedback_id: uuidV5(`${decided}/desk`, REPLAY_NAMESPACE),
      trade_decision_id: decided,
      source: { kind: 'desk_rule', id: trade.entry.desk.rule },
      label: filed.label,
      reason: filed.reason,
      known_at: bar.closeAt,
    },
  ])
}

function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy'
}
