/** What the desk wants done with one decision, and the rule that said so. */
export interface DeskLabel {
  label: 'approve' | 'adjust' | 'veto'
  rule: DeskRuleName
  reason: string
}

export type DeskRuleName =
  | 'reduces-position'
  | 'evidence-missing'
  | 'panic-volatility'
  | 'chasing-extreme'
  | 'long-into-stressed-downtrend'
  | 'short-against-calm-uptrend'
  | 'medium-stress'
  | 'overextended-trend'
  | 'ordinary-risk'

/**
 * The desk's limits. They are house rules of the replay, not market facts: round numbers near the 96th, 76th and 38th
 * percentile of the 20-day volatility of the replayed index, so that each rule speaks for some of the decisions.
 * Volatilities are daily fractions (0.0125 is about 20 % a year), trends are close over its 50-day mean, less one.
 */
export const DESK_LIMITS = {
  panicVolatilityMin: 0.022,
  stressVolatilityMin: 0.0125,
  calmVolatilityMax: 0.007,
  rsiHigh: 70,
  rsiLow: 30,
  calmUptrendMin: 0.015,
  overextendedTrendMin: 0.03,
} as const

/** The share of the asked quantity that an `adjust` of the desk leaves standing. */
export const DESK_ADJUST_QTY_MULTIPLIER = '0.5'

/**
 * Labels a review request (the `request` object of the review contract, as JSON) by the desk's rules; first match wins.
 * Total: never throws, reads nothing else. Unreadable side, RSI or volatility is a veto, an unreadable trend is 0.
 */
export function deskLabel(request: unknown): DeskLabel {
  const features = readDeskFeatures(request)
  const matched = deskRules.find((rule) => rule.applies(features)) ?? ordinaryRisk
  return { label: matched.label, rule: matched.rule, reason: matched.reason }
}

/** The few numbers of a request the desk looks at; null where the request does not say. */
export interface DeskFeatures {
  side: 'buy' | 'sell' | null
  rsi: number | null
  volatility: number | null
  trend: number
  reducing: boolean
}

/** Reads the desk's features from a request; `params` outrank the market context, which holds the same values. */
export function readDeskFeatures(request: unknown): DeskFeatures {
  const side = text(at(request, 'decision', 'action'))
  const domains = at(request, 'market_context', 'domains')
  return {
    side: side === 'buy' || side === 'sell' ? side : null,
    rsi: number(at(request, 'decision', 'params', 'rsi')) ?? number(at(domains, 'technicals', 'payload', 'rsi14')),
    volatility:
      number(at(request, 'decision', 'params', 'volatility')) ??
      number(at(domains, 'regime', 'payload', 'volatility')),
    trend: number(at(domains, 'regime', 'payload', 'trend')) ?? 0,
    reducing: isReducing(request),
  }
}

interface DeskRule extends DeskLabel {
  applies: (features: DeskFeatures) => boolean
}

const ordinaryRisk: DeskRule = {
  rule: 'ordinary-risk',
  label: 'approve',
  reason: 'No desk rule speaks against this trade',
  applies: () => true,
}

/** In order of precedence: exits first, then what forbids, then what halves, then approval. */
const deskRules: readonly DeskRule[] = [
  {
    rule: 'reduces-position',
    label: 'approve',
    reason: 'The order only reduces an open position',
    applies: ({ reducing }) => reducing,
  },
  {
    rule: 'evidence-missing',
    label: 'veto',
    reason: 'Side, RSI or volatility cannot be read, so the risk is unknown',
    applies: ({ side, rsi, volatility }) => side === null || rsi === null || volatility === null,
  },
  {
    rule: 'panic-volatility',
    label: 'veto',
    reason: 'Realised volatility is at a panic level: no new risk on either side',
    applies: ({ volatility }) => atLeast(volatility, DESK_LIMITS.panicVolatilityMin),
  },
  {
    rule: 'chasing-extreme',
    label: 'veto',
    reason: 'RSI is already extreme on the side of the trade',
    applies: ({ side, rsi }) =>
      side === 'buy' ? atLeast(rsi, DESK_LIMITS.rsiHigh) : atMost(rsi, DESK_LIMITS.rsiLow),
  },
  {
    rule: 'long-into-stressed-downtrend',
    label: 'veto',
    reason: 'A new long in a downtrend while volatility is raised',
    applies: ({ side, trend, volatility }) =>
      side === 'buy' && trend < 0 && atLeast(volatility, DESK_LIMITS.stressVolatilityMin),
  },
  {
    rule: 'short-against-calm-uptrend',
    label: 'veto',
    reason: 'A new short against a calm uptrend',
    applies: ({ side, trend, volatility }) =>
      side === 'sell' && trend >= DESK_LIMITS.calmUptrendMin && atMost(volatility, DESK_LIMITS.calmVolatilityMax),
  },
  {
    rule: 'medium-stress',
    label: 'adjust',
    reason: 'Volatility is raised but not at a panic level: half size',
    applies: ({ volatility }) => atLeast(volatility, DESK_LIMITS.stressVolatilityMin),
  },
  {
    rule: 'overextended-trend',
    label: 'adjust',
    reason: 'The close is far from its 50-day mean on the side of the trade: half size',
    applies: ({ side, trend }) => (side === 'buy' ? trend : -trend) >= DESK_LIMITS.overextendedTrendMin,
  },
  ordinaryRisk,
]

/** An order against the net position of its symbol, and no larger than it. */
function isReducing(request: unknown): boolean {
  const net = netPosition(at(request, 'positions'), text(at(request, 'decision', 'symbol')))
  const qty = number(at(request, 'decision', 'qty'))
  if (qty === null || qty <= 0 || qty > Math.abs(net)) return false
  const side = text(at(request, 'decision', 'action'))
  return side === 'sell' ? net > 0 : side === 'buy' && net < 0
}

function netPosition(positions: unknown, symbol: string | null): number {
  if (!Array.isArray(positions) || symbol === null) return 0
  return positions
    .filter((position) => text(at(position, 'symbol')) === symbol)
    .reduce<number>((net, position) => net + signedQty(position), 0)
}

/** A short is `side: "short"` or a negative quantity; a position that says both is one short, not a long. */
function signedQty(position: unknown): number {
  const qty = number(at(position, 'qty')) ?? 0
  return text(at(position, 'side')) === 'short' ? -Math.abs(qty) : qty
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null && Object.hasOwn(found, key)
      ? (found as Record<string, unknown>)[key]
      : undefined),
    value,
  )
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** Decimals travel as strings, context payloads as JSON numbers; both are read, anything else is absent. */
function number(value: unknown): number | null {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : null
}

function atLeast(value: number | null, limit: number): boolean {
  return value !== null && value >= limit
}

function atMost(value: number | null, limit: number): boolean {
  return value !== null && value <= limit
}
