import type { DeskRuleName } from '@torghut/market-replay/desk-rules'
import { deskLabel } from '@torghut/market-replay/desk-rules'

import type { ShownExample } from './read-prompt.ts'

/** What the model got out of a prompt. */
export interface Lesson {
  rules: readonly DeskRuleName[]
  examples: readonly ShownExample[]
}

/**
 * How often a model is right without a hint: common sense approves ordinary trades and exits,
 * guesses at vetoes and seldom thinks of half a size. Set so that a realistic mix of decisions
 * gives about one half.
 */
const FLOORS: Readonly<Record<DeskRuleName, number>> = {
  'reduces-position': 0.8,
  'evidence-missing': 0.5,
  'panic-volatility': 0.45,
  'chasing-extreme': 0.4,
  'long-into-stressed-downtrend': 0.4,
  'short-against-calm-uptrend': 0.3,
  'medium-stress': 0.2,
  'overextended-trend': 0.15,
  'ordinary-risk': 0.68,
}

/** A model that knows everything still errs sometimes. */
const CEILING = 0.97

/**
 * Statements and examples a model follows at full attention; beyond them everything gets a little
 * less.
 */
const STATEMENTS_MAX = 12
const EXAMPLES_MAX = 8

/** Rules a trade must be seen to escape before it counts as ordinary. */
const restrictingRules: readonly DeskRuleName[] = [
  'panic-volatility',
  'chasing-extreme',
  'long-into-stressed-downtrend',
  'short-against-calm-uptrend',
  'medium-stress',
  'overextended-trend',
]

/**
 * The share of requests under `rule` that a model with this lesson judges as the desk does: floor +
 * gain · knowledge.
 */
export function correctShare(rule: DeskRuleName, lesson: Lesson): number {
  const floor = FLOORS[rule]
  return floor + (CEILING - floor) * knowledge(rule, lesson) * attention(lesson)
}

/**
 * The share of requests under `rule` in which a critic with this lesson sees what the desk sees. Whoever was taught
 * nothing sees little and says so: a critic that raises alarms by chance would stop half of all trades.
 */
export function insightShare(rule: DeskRuleName, lesson: Lesson): number {
  return UNTAUGHT_INSIGHT + (CEILING - UNTAUGHT_INSIGHT) * knowledge(rule, lesson) * attention(lesson)
}

const UNTAUGHT_INSIGHT = 0.06

/** 0 to 1. To see that a trade is ordinary, it helps to know the rules that do not apply. */
function knowledge(rule: DeskRuleName, lesson: Lesson): number {
  const direct = directKnowledge(rule, lesson)
  if (rule !== 'ordinary-risk') return direct
  const known =
    restrictingRules.reduce((sum, other) => sum + directKnowledge(other, lesson), 0) / restrictingRules.length
  return 1 - (1 - direct) * (1 - 0.9 * known)
}

function directKnowledge(rule: DeskRuleName, { rules, examples }: Lesson): number {
  const stated = rules.includes(rule) ? 0.95 : 0
  return 1 - (1 - stated) * (1 - shownKnowledge(rule, examples))
}

/**
 * Each right example of the rule helps less than the one before; an example the desk would
 * contradict takes one away.
 */
function shownKnowledge(rule: DeskRuleName, examples: readonly ShownExample[]): number {
  const balance = examples.reduce((sum, { request, verdict }) => {
    const truth = deskLabel(request)
    return truth.rule === rule ? sum + (truth.label === verdict ? 1 : -1) : sum
  }, 0)
  return 0.9 * (1 - Math.exp(-Math.max(0, balance) / 1.5))
}

function attention({ rules, examples }: Lesson): number {
  const tooMany = Math.max(0, rules.length - STATEMENTS_MAX) + Math.max(0, examples.length - EXAMPLES_MAX)
  return 1 / (1 + tooMany / 24)
}
