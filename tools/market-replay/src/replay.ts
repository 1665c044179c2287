import { createHash } from 'node:crypto'

import type { Bar } from './bars.ts'
import type { Book } from './books.ts'
import { openMarket, planBooks } from './books.ts'
import type { BookedResult, ReviewedDecision } from './replay-book.ts'
import { replayBook } from './replay-book.ts'
import type { ReviewClient } from './review-client.ts'

/** What a run of the replay is asked to do. */
export interface ReplayOptions {
  seed: string
  from: string
  to: string
  /** About how many entries to post; each is one decision, its exit one more. Null: all of them. */
  entriesMax: number | null
  /** How many books are replayed at once. */
  concurrency: number
  /** Whether the desk files its labels, or labels drawn at random as a control that must teach nothing. */
  feedback: 'none' | 'desk' | 'random'
}

export interface ReplayProgress {
  done: number
  planned: number
  date: string
  decision: ReviewedDecision
}

/** Everything that was posted and answered, sorted so that equal runs give equal lists. */
export interface ReplayRun {
  decisions: ReviewedDecision[]
  results: BookedResult[]
  plannedDecisions: number
  unresolved: number
}

/**
 * Replays the bars against a review API. Books run side by side, each in the order of its bars; the first error stops
 * them all and is thrown. The outcome of equal options and answers is equal, whatever the concurrency.
 */
export async function replay(
  bars: readonly Bar[],
  options: ReplayOptions,
  client: ReviewClient,
  onProgress: (progress: ReplayProgress) => void = () => undefined,
): Promise<ReplayRun> {
  const market = openMarket(bars, options.to)
  const books = planBooks(market, options)
  const planned = countDecisions(books)
  const decisions: ReviewedDecision[] = []
  const results: BookedResult[] = []
  let stopped = false
  const context = {
    market,
    seed: options.seed,
    client,
    deskFeedback: (entry: ReviewedDecision) => deskFeedback(options, entry),
    onDecision: (decision: ReviewedDecision) => {
      decisions.push(decision)
      onProgress({ done: decisions.length, planned, date: decision.date, decision })
    },
    onResult: (result: BookedResult) => void results.push(result),
    isStopped: () => stopped,
  }
  await drain(books, options.concurrency, async (book) => {
    try {
      if (!stopped) await replayBook(book, context)
    } catch (cause) {
      stopped = true
      throw cause
    }
  })
  sortBy(decisions, ({ date, body }) => `${date}/${body.trade_decision_id}`)
  sortBy(results, ({ outcome }) => `${outcome.known_at}/${outcome.outcome_id}`)
  const entries = decisions.filter((decision) => decision.purpose === 'entry').length
  return { decisions, results, plannedDecisions: planned, unresolved: entries - results.length }
}

function countDecisions(books: readonly Book[]): number {
  const trades = books.flatMap((book) => book.trades)
  return trades.length + trades.filter((trade) => trade.exitAt !== null).length
}

/** A fixed number of takers share one queue; all have ended when this returns or throws the first error. */
async function drain<Item>(items: readonly Item[], takers: number, act: (item: Item) => Promise<void>) {
  const queue = items.values()
  const take = async () => {
    for (const item of queue) await act(item)
  }
  const settled = await Promise.allSettled(Array.from({ length: takers }, take))
  const failed = settled.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** About the label shares of the replayed entries: a drawn label is as likely as a desk label, and says nothing. */
const RANDOM_LABEL_SHARES = [
  { label: 'approve', upTo: 0.5 },
  { label: 'adjust', upTo: 0.65 },
  { label: 'veto', upTo: 1 },
] as const

function deskFeedback({ feedback, seed }: ReplayOptions, entry: ReviewedDecision) {
  if (feedback === 'none') return null
  if (feedback === 'desk') return { label: entry.desk.label, reason: entry.desk.reason }
  const draw = drawUnit(`${seed}/${entry.body.trade_decision_id}`)
  const drawn = RANDOM_LABEL_SHARES.find((share) => draw < share.upTo)
  return { label: drawn?.label ?? 'veto', reason: 'A label drawn at random, as a control' }
}

/** A number in 0..1 that only the text decides. */
function drawUnit(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}

/** Sorts in place by a text key, by code unit: the same on every machine. */
function sortBy<Item>(items: Item[], keyOf: (item: Item) => string): void {
  items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}
