import { labelClass } from '@torghut/contracts'
import type {
  DatasetSelection,
  Feedback,
  LabelBasis,
  LabelClass,
  ResultLabel,
  ReviewRecord,
  RowLabels,
  TradeResult,
} from '@torghut/contracts'

import { compareInstants, latestInstant } from '../time/instants.ts'

/**
 * What is known about a decision besides what it asked for. The reviewer's verdict only says whether it was traded.
 */
export interface LabelFacts {
  record: Pick<ReviewRecord, 'verdict' | 'advice' | 'outcomes' | 'reviewed_at'>
  results: readonly TradeResult[]
  feedback: readonly Feedback[]
}

/**
 * Gates whose denial says that the order itself should not have been sent. Gates about the advice, the moment or the
 * operator's switches say nothing about it.
 */
export const LABELLING_GATES: readonly string[] = [
  'order-shape',
  'symbol-match',
  'restricted-list',
  'trading-session',
  'instrument-halt',
  'drawdown',
  'daily-loss',
  'price-collar',
  'order-quantity',
  'order-notional',
  'shortability',
  'position-limit',
  'symbol-exposure',
  'concentration',
  'gross-exposure',
  'buying-power',
]

/**
 * Every label of a decision, each by its basis, from what was known until the set's own instant. Nothing is labelled by
 * what the reviewer itself had said.
 */
export function labelsOf(facts: LabelFacts, rule: Pick<DatasetSelection, 'dead_band' | 'known_until'>): RowLabels {
  const isKnown = ({ known_at: at }: { known_at: string }) => compareInstants(at, rule.known_until) <= 0
  const results = facts.results.filter(isKnown)
  return {
    feedback: feedbackLabel(facts.feedback.filter(isKnown)),
    gates: gateLabel(facts.record),
    // A vetoed trade was never made, whatever somebody filed as its result.
    realised: facts.record.verdict === 'veto' ? null : resultLabel(results, 'realised', rule.dead_band),
    counterfactual: resultLabel(results, 'counterfactual', rule.dead_band),
  }
}

/** The label of the first basis that has one; null when none has. */
export function chosenLabel(
  labels: RowLabels,
  order: readonly LabelBasis[],
): { label: LabelClass; basis: LabelBasis } | null {
  for (const basis of order) {
    const label = labels[basis]?.class ?? null
    if (label !== null) return { label, basis }
  }
  return null
}

/** The last instant any of the labels knew anything from; null without labels. */
export function labelsEndAt(labels: RowLabels): string | null {
  return latestInstant(Object.values(labels).flatMap((label) => (label === null ? [] : [label.known_at])))
}

/**
 * What people said, else what desk rules said. Of one source the last word counts; when sources of the same kind
 * differ, nobody's does.
 */
function feedbackLabel(feedback: readonly Feedback[]): RowLabels['feedback'] {
  for (const kind of ['person', 'desk_rule'] as const) {
    const last = new Map<string, Feedback>()
    for (const said of feedback) {
      if (said.source.kind !== kind) continue
      const before = last.get(said.source.id)
      if (before === undefined || isLater(said, before)) last.set(said.source.id, said)
    }
    const words = [...last.values()].sort((a, b) => (isLater(a, b) ? 1 : -1))
    const word = words.at(-1)
    if (word === undefined) continue
    if (new Set(words.map(({ label }) => labelClass(label))).size > 1) return null
    return { feedback_id: word.feedback_id, source: kind, class: labelClass(word.label), known_at: word.known_at }
  }
  return null
}

/** By time, then by id, so that two words of one instant have an order on every machine. */
function isLater(a: Feedback, b: Feedback): boolean {
  const order = compareInstants(a.known_at, b.known_at)
  return order === 0 ? a.feedback_id > b.feedback_id : order > 0
}

/**
 * A veto where a gate denied the order as it was decided; an adjusted order was another one. A pass labels nothing.
 */
function gateLabel({ advice, outcomes, reviewed_at }: LabelFacts['record']): RowLabels['gates'] {
  if (advice?.verdict === 'adjust') return null
  for (const outcome of outcomes) {
    if (outcome.passed || !LABELLING_GATES.includes(outcome.gate)) continue
    return { class: 'veto', code: outcome.code, known_at: reviewed_at }
  }
  return null
}

/** Approve what earned after costs, veto what lost; the result with the last exit counts when there are several. */
function resultLabel(results: readonly TradeResult[], kind: TradeResult['kind'], deadBand: string): ResultLabel | null {
  const [last] = results.filter((result) => result.kind === kind).sort(byExit)
  if (last === undefined) return null
  const { outcome_id, gross, net, entry, exit, event_at, known_at } = last
  return {
    outcome_id,
    class: resultClass(Number(net), Math.abs(Number(deadBand))),
    gross,
    net,
    entry_price: entry.price,
    exit_price: exit.price,
    ends_at: event_at,
    known_at,
  }
}

function byExit(a: TradeResult, b: TradeResult): number {
  return compareInstants(b.event_at, a.event_at) || (a.outcome_id < b.outcome_id ? -1 : 1)
}

function resultClass(net: number, deadBand: number): LabelClass | null {
  if (net > deadBand) return 'approve'
  return net < -deadBand ? 'veto' : null
}
