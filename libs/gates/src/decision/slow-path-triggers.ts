import { Band } from '@torghut/contracts'
import type { FastPathPolicy, MarketContext } from '@torghut/contracts'

import { UNITS_PER_ONE, readUnits } from '../evidence/decimal.ts'
import type { PreTradeFacts } from './pre-trade/facts.ts'

/** Why a decision needs a reader (contract, 8.3). The last two are ours: what is not known is no reason to skip. */
export type SlowPathTrigger =
  | 'router_entropy'
  | 'entropy_band'
  | 'expert_disagreement'
  | 'regime_transition'
  | 'recent_news'
  | 'recent_fundamentals'
  | 'critical_notional'
  | 'slow_strategy'
  | 'context_missing'
  | 'evidence_unreadable'

/** What the triggers were judged by; null where the request does not say. */
export interface SlowPathFigures {
  routerEntropy: number | null
  entropyBand: string | null
  expertSpread: number | null
  transitionProbability: number | null
}

/**
 * Every trigger that holds; none lets the model be skipped. The router's figures are read from the payload of the regime
 * domain: `routerEntropy`, `expertScores` (a map of numbers) and `transitionProbability`. Pure; never throws.
 */
export function slowPathTriggers(facts: PreTradeFacts, policy: FastPathPolicy): SlowPathTrigger[] {
  try {
    return findTriggers(facts, policy)
  } catch {
    return ['evidence_unreadable']
  }
}

/** The figures as they stand in the request. */
export function slowPathFigures({ decision, context }: PreTradeFacts): SlowPathFigures {
  const payload = context?.domains.regime.payload ?? {}
  return {
    routerEntropy: finite(payload['routerEntropy']),
    entropyBand: decision.regime_hmm?.entropy_band ?? null,
    expertSpread: spreadOf(payload['expertScores']),
    transitionProbability: finite(payload['transitionProbability']),
  }
}

function findTriggers(facts: PreTradeFacts, policy: FastPathPolicy): SlowPathTrigger[] {
  const { context, decision } = facts
  const figures = slowPathFigures(facts)
  const held: [SlowPathTrigger, boolean][] = [
    ['router_entropy', exceeds(figures.routerEntropy, policy.max_router_entropy)],
    ['entropy_band', exceedsBand(figures.entropyBand, policy.max_entropy_band)],
    ['expert_disagreement', exceeds(figures.expertSpread, policy.max_expert_spread)],
    ['regime_transition', changesRegime(facts) || exceeds(figures.transitionProbability, policy.max_transition_probability)],
    ['recent_news', isRecent(context?.domains.news, policy.news_seconds)],
    ['recent_fundamentals', isRecent(context?.domains.fundamentals, policy.fundamentals_seconds)],
    ['critical_notional', isCritical(facts)],
    ['slow_strategy', policy.slow_strategies.includes(decision.strategy_id)],
    ['context_missing', context === null],
  ]
  return held.filter(([, holds]) => holds).map(([trigger]) => trigger)
}

/** A figure that has a limit and is not known counts as above it. */
function exceeds(figure: number | null, max: number | null): boolean {
  return max !== null && !(figure !== null && figure <= max)
}

function exceedsBand(band: string | null, max: Band | null): boolean {
  if (max === null) return false
  const rank = (Band.options as readonly unknown[]).indexOf(band)
  return rank === -1 || rank > Band.options.indexOf(max)
}

/** The regime model itself says that something else comes next, or that it is not to be relied on. */
function changesRegime({ decision: { regime_hmm: block } }: PreTradeFacts): boolean {
  if (block === null || block === undefined) return false
  return block.predicted_next !== block.regime_id || block.guardrail_reason !== null
}

type Domain = MarketContext['domains']['news']

/** A domain that failed may hide something recent; one that is missing has nothing to read. */
function isRecent(domain: Domain | undefined, seconds: number): boolean {
  if (domain === undefined || domain.state === 'error') return true
  if (domain.state === 'missing' && domain.source_count === 0) return false
  const { freshness_seconds: age } = domain
  return !(typeof age === 'number' && age > seconds)
}

/** An order whose notional, or whose limit, is not known counts as critical. */
function isCritical({ notional, policy: { critical_notional_usd: critical } }: PreTradeFacts): boolean {
  const bound = readUnits(critical)
  return bound === null || notional === null || notional > bound * UNITS_PER_ONE
}

function spreadOf(scores: unknown): number | null {
  if (scores === null || typeof scores !== 'object') return null
  const values = Object.values(scores).map(finite)
  if (values.length < 2 || values.includes(null)) return null
  return Math.max(...(values as number[])) - Math.min(...(values as number[]))
}

function finite(value: unknown): number | null {
  return Number.isFinite(value) ? (value as number) : null
}
