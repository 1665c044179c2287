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

/**
 * Replays one book bar by bar: fills first, then the mark, then results and desk labels that became known, then the
 * decisions of that close. Verdicts act: a veto is not entered, an adjustment is entered smaller, exits always happen.
 */
export async function replayBook(book: Book, context: BookContext): Promise<void> {
  const { bars } = context.market
  const account = new PaperAccount()
  const recent: RecentDecision[] = []
  let live: LiveTrade | null = null
  let next = 0
  for (let index = book.trades[0]?.entryAt ?? bars.length; index < bars.length; index += 1) {
    const bar = bars[index]
    if (bar === undefined || context.isStopped()) return
    const closed: LiveTrade | null = live !== null && live.plan.exitAt === index - 1 ? live : null
    if (live?.plan.entryFillAt === index) account.open(live.plan.side, live.qty, bar.closeCents / 100)
    if (closed !== null) account.close(bar.closeCents / 100)
    const mark = account.markClose(bar.closeCents / 100)
    if (live?.plan.entryFillAt === index) await fileFeedback(context, live, bar)
    if (closed !== null) {
      await fileResult(context, closed, bar)
      live = null
      if (next >= book.trades.length) return
    }
    const decide = (plan: PlannedTrade, purpose: 'entry' | 'exit', qty: number) =>
      postDecision(context, { plan, purpose, qty, bar, index, mark, recent })
    const planned = book.trades[next]
    if (live === null && planned?.entryAt === index) {
      live = await decide(planned, 'entry', entryQty(mark.equity, bar.closeCents / 100)).then(toLiveTrade(planned))
      next += 1
    } else if (live?.plan.exitAt === index && live.qty > 0) await decide(live.plan, 'exit', live.qty)
  }
}

/** Applies an answer to an entry. No answer is a veto; a size above what was asked is never taken. */
function toLiveTrade(plan: PlannedTrade): (entry: ReviewedDecision) => LiveTrade {
  return (entry) => {
    const asked = Number(entry.body.request.decision.qty)
    const { reply } = entry.attempt
    const verdict = reply?.verdict ?? 'veto'
    const allowed = reply?.decision === null || reply === null ? asked : Math.floor(Number(reply.decision.qty))
    const qty = verdict === 'veto' || !(allowed > 0) ? 0 : Math.min(asked, allowed)
    return { plan, entry, verdict: qty === 0 ? 'veto' : verdict, qty }
  }
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
