import type { Band, Probabilities, ProgramOutput } from '@torghut/contracts'
import { readDeskFeatures } from '@torghut/market-replay/desk-rules'

import { roll } from './dice.ts'
import { halfQuantity } from './half-quantity.ts'
import type { Judgement } from './judge.ts'

/** Writes a judgement down as a program's output: coherent unless the judgement says it went wrong. */
export function composeAnswer(request: Record<string, unknown>, judgement: Judgement): ProgramOutput {
  const adjustedQty = judgement.verdict === 'adjust' ? halfQuantity(request) : null
  // A size that cannot be halved leaves a cautious reviewer one way to say so.
  const verdict = judgement.verdict === 'adjust' && adjustedQty === null ? 'veto' : judgement.verdict
  const confidence = confidenceOf(judgement)
  return {
    verdict,
    confidence,
    rationale: rationaleOf(verdict, request),
    rationaleShort: REASONS[verdict],
    requiredChecks: ['order_firewall', 'risk_engine'],
    riskFlags: verdict === 'approve' ? [] : ['market_risk'],
    adjustedQty,
    adjustedOrderType: null,
    limitPrice: null,
    escalateReason: null,
    uncertaintyBand: bandOf(confidence),
    probabilities: probabilitiesOf(
      judgement.spoilt === 'incoherent' ? contraryOf(verdict) : verdict,
      confidence,
    ),
    citations: citationsOf(request),
  }
}

const REASONS: Readonly<Record<Judgement['verdict'], string>> = {
  approve: 'The evidence supports the trade',
  adjust: 'A smaller size would make the trade sound',
  veto: 'The evidence speaks against the trade',
  abstain: 'The request does not hold enough to judge',
}

/**
 * Hundredths, 0.50 to 0.90: surer where more is known, never so sure that a mistake would be
 * impossible.
 */
function confidenceOf({ verdict, share, stakes }: Judgement): number {
  const variation = roll(stakes, 'confidence') * 0.16 - 0.08
  const base = verdict === 'abstain' ? 0.5 : 0.42 + 0.42 * share
  return Math.round(Math.min(0.9, Math.max(0.5, base + variation)) * 100) / 100
}

/**
 * The verdict takes the confidence, the rest is shared out in hundredths; the last one takes what
 * rounding leaves.
 */
function probabilitiesOf(verdict: keyof Probabilities, confidence: number): Probabilities {
  const others = OTHER_SHARES.filter(([name]) => name !== verdict)
  const total = others.reduce((sum, [, share]) => sum + share, 0)
  let left = Math.round((1 - confidence) * 100)
  const probabilities: Probabilities = {
    approve: 0,
    veto: 0,
    adjust: 0,
    abstain: 0,
    escalate: 0,
    [verdict]: confidence,
  }
  for (const [index, [name, share]] of others.entries()) {
    const hundredths =
      index === others.length - 1
        ? left
        : Math.min(left, Math.round(((1 - confidence) * 100 * share) / total))
    probabilities[name] = hundredths / 100
    left -= hundredths
  }
  return probabilities
}

const OTHER_SHARES: readonly (readonly [keyof Probabilities, number])[] = [
  ['approve', 8],
  ['veto', 7],
  ['adjust', 4],
  ['abstain', 2],
  ['escalate', 1],
]

function contraryOf(verdict: Judgement['verdict']): Judgement['verdict'] {
  return verdict === 'veto' ? 'approve' : 'veto'
}

export function bandOf(confidence: number): Band {
  if (confidence >= 0.72) return 'low'
  return confidence >= 0.54 ? 'medium' : 'high'
}

function rationaleOf(verdict: Judgement['verdict'], request: Record<string, unknown>): string {
  return `${REASONS[verdict]}: ${sightOf(request)}.`
}

/** The trade and the figures the request holds; what it lacks is not spoken of. */
export function sightOf(request: Record<string, unknown>): string {
  const { side, rsi, volatility, trend } = readDeskFeatures(request)
  const figures = [
    rsi === null ? null : `RSI ${rsi.toFixed(1)}`,
    volatility === null ? null : `daily volatility ${volatility.toFixed(4)}`,
    trend === null ? null : `trend ${trend.toFixed(3)}`,
  ].filter((figure) => figure !== null)
  return `a ${side ?? 'trade'} at ${figures.length === 0 ? 'no figures' : figures.join(', ')}`
}

/** Paths that are in this request; a reviewer that cites what is not there is not believed. */
export function citationsOf(request: Record<string, unknown>): string[] {
  const paths = ['decision.action', 'decision.qty', 'decision.params.rsi', 'decision.params.volatility']
  return paths.filter((path) => valueAt(request, path) !== undefined)
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (found, key) =>
        typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined,
      value,
    )
}
