import { z } from 'zod'

import { GateLimits } from './gate-limits.ts'
import type { SymbolLimits } from './gate-limits.ts'
import { PolicyLimits } from './gate-policy.ts'
import type { GatePolicy, PolicySettings } from './gate-policy.ts'

/** Limits that may be left out in paper: all that can be null. */
const PaperWithout = z.enum(['max_decision_age_seconds', 'max_gate_state_age_seconds', 'max_reference_age_seconds'])

/** The gate policy file, as people write it. */
export const PolicyFile = PolicyLimits.extend({
  file_version: z.literal('torghut.gate-policy-file.v1'),
  /** Limits that hold in live only: in paper they count as not configured. */
  paper_without: z.array(PaperWithout).max(16),
})
export type PolicyFile = z.output<typeof PolicyFile>

/** A rule of the file that is broken, and where: the path of the entry a person has to change. */
export interface PolicyFault {
  path: readonly (string | number)[]
  message: string
}

export type ComposedPolicy = { ok: true; policy: GatePolicy } | { ok: false; faults: PolicyFault[] }

/**
 * The policy a file means beside an environment. Refused: a smallest above its largest, for everything or one symbol, a
 * part above its whole, and in live any limit that is not configured.
 */
export function composeGatePolicy(settings: PolicySettings, file: PolicyFile): ComposedPolicy {
  const faults = [...contradictions(file), ...(settings.trading_mode === 'live' ? missingInLive(file) : [])]
  if (faults.length > 0) return { ok: false, faults }
  const { file_version: _version, paper_without: paperWithout, ...rest } = file
  const dropped = settings.trading_mode === 'paper' ? paperWithout : []
  const limits = { ...rest.limits, ...Object.fromEntries(dropped.map((name) => [name, null])) }
  return { ok: true, policy: { policy_version: 'torghut.gate-policy.v2', ...settings, ...rest, limits } }
}

/**
 * The policy of a process that never read a usable file: reduce-only, so that new risk is denied and a proved exit
 * leaves as ever.
 */
export function closedGatePolicy(settings: PolicySettings): GatePolicy {
  const range = { min: null, max: null }
  const nothing = Object.fromEntries(Object.keys(GateLimits.shape).map((name) => [name, null]))
  const limits = GateLimits.parse({
    ...nothing,
    order_notional_usd: range,
    order_qty: range,
    max_domain_age_seconds: { technicals: null, fundamentals: null, news: null, regime: null },
    required_domains: [],
    sessions: [],
    reduce_only: true,
  })
  return {
    policy_version: 'torghut.gate-policy.v2',
    ...settings,
    allowed_order_types: [],
    verdict_ttl_seconds: 1,
    limits,
    by_symbol: {},
    restricted_symbols: [],
    regime: {
      missing: 'fail',
      unauthoritative: 'fail',
      guarded: 'fail',
      entropy: { low: 'fail', medium: 'fail', high: 'fail' },
      states: {},
      uncertainty: null,
    },
    critical_notional_usd: null,
    fast_path: null,
    caches_on_review_path: false,
  }
}

/** Limits of one instrument: its own where it has one, else those of every instrument. */
export function limitsFor({ limits, by_symbol: bySymbol }: Pick<GatePolicy, 'limits' | 'by_symbol'>, symbol: string): GateLimits {
  const own = Object.hasOwn(bySymbol, symbol) ? bySymbol[symbol] : undefined
  return own === undefined ? limits : ({ ...limits, ...own } as GateLimits)
}

function contradictions(file: PolicyFile): PolicyFault[] {
  const faults = judgeLimits(file.limits, ['limits'])
  for (const [symbol, own] of Object.entries(file.by_symbol)) {
    const known = new Set(faults.map(({ message }) => message))
    const effective = limitsFor(file, symbol)
    faults.push(...judgeLimits(effective, ['by_symbol', symbol]).filter(({ message }) => !known.has(message)).map(at(own, symbol)))
  }
  return [...faults, ...judgeUncertainty(file)]
}

/** Points at the symbol's own entry where it has one, else at the symbol. */
function at(own: SymbolLimits, symbol: string) {
  return ({ path, message }: PolicyFault): PolicyFault => ({
    path: Object.hasOwn(own, String(path[2])) ? path : ['by_symbol', symbol],
    message: `${message} (for ${symbol})`,
  })
}

type Pair = readonly [name: string, low: string | number | null, high: string | number | null, message: string]

function judgeLimits(limits: GateLimits, root: readonly string[]): PolicyFault[] {
  const { order_notional_usd: notional, order_qty: qty } = limits
  const pairs: Pair[] = [
    ['order_notional_usd', notional.min, notional.max, 'order_notional_usd has a min above its max'],
    ['order_qty', qty.min, qty.max, 'order_qty has a min above its max'],
    [
      'max_symbol_exposure_usd',
      limits.max_symbol_exposure_usd,
      limits.max_gross_exposure_usd,
      'max_symbol_exposure_usd is above max_gross_exposure_usd',
    ],
    ['order_qty', qty.min, limits.max_position_qty, 'order_qty has a min above max_position_qty'],
    [
      'constrained_live_max_order_notional_usd',
      notional.min,
      limits.constrained_live_max_order_notional_usd,
      'constrained_live_max_order_notional_usd is below the min of order_notional_usd',
    ],
    [
      'max_orders_per_minute',
      limits.max_orders_per_minute,
      limits.max_orders_per_day,
      'max_orders_per_minute is above max_orders_per_day',
    ],
  ]
  return pairs.filter(([, low, high]) => isAbove(low, high)).map(([name, , , message]) => ({ path: [...root, name], message }))
}

function judgeUncertainty({ regime: { uncertainty } }: PolicyFile): PolicyFault[] {
  if (uncertainty === null) return []
  const { degrade_above: degrade, abstain_above: abstain, fail_above: fail } = uncertainty
  if (degrade <= abstain && abstain <= fail) return []
  const message = 'uncertainty must rise: degrade_above, abstain_above, fail_above'
  return [{ path: ['regime', 'uncertainty'], message }]
}

/** Exact: both sides are decimals of at most 8 digits after the point, or both are numbers. */
function isAbove(low: string | number | null, high: string | number | null): boolean {
  if (low === null || high === null) return false
  if (typeof low === 'number' || typeof high === 'number') return Number(low) > Number(high)
  return toUnits(low) > toUnits(high)
}

function toUnits(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(8, '0'))
}

/** Every maximum and every age must be set; a smallest need not be, and symbols only narrow what all have. */
function missingInLive(file: PolicyFile): PolicyFault[] {
  const { limits, regime } = file
  const open: [path: string[], value: unknown][] = [
    ...Object.entries(limits).map(([name, value]): [string[], unknown] => [['limits', name], value]),
    [['limits', 'order_notional_usd', 'max'], limits.order_notional_usd.max],
    [['limits', 'order_qty', 'max'], limits.order_qty.max],
    ...Object.entries(limits.max_domain_age_seconds).map(([name, value]): [string[], unknown] => [
      ['limits', 'max_domain_age_seconds', name],
      value,
    ]),
    ...Object.entries(file.by_symbol).flatMap(([symbol, own]) => openOfSymbol(symbol, own)),
    [['regime', 'uncertainty'], regime.uncertainty],
    [['critical_notional_usd'], file.critical_notional_usd],
  ]
  return open
    .filter(([, value]) => value === null)
    .map(([path]) => ({ path, message: `${path.join('.')} is not configured: live needs every limit` }))
}

function openOfSymbol(symbol: string, own: SymbolLimits): [string[], unknown][] {
  return Object.entries(own).flatMap(([name, value]): [string[], unknown][] => {
    const path = ['by_symbol', symbol, name]
    const max = value !== null && typeof value === 'object' ? value.max : undefined
    return [[path, value], ...(max === undefined ? [] : [[[...path, 'max'], max] as [string[], unknown]])]
  })
}
