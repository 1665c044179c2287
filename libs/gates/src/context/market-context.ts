import type { ContextPolicy, GateOutcome, MarketContext } from '@torghut/contracts'

import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import { isShareAtLeast } from '../evidence/share.ts'
import type { GateAbout } from '../decision/gate-about.ts'

export const MARKET_CONTEXT_ABOUT: GateAbout = {
  gate: 'market-context',
  codes: [
    'market_context_required_missing',
    'market_context_domain_error',
    'market_context_stale',
    'market_context_quality_low',
    'market_context_disabled',
    'market_context_unreadable',
  ],
  checks: 'The market context is there where it is required, fresh, good enough, and no domain of it failed; any blocking flag denies under its own name',
  why: 'Contract 3.5; paper can be set to report a block and go on',
  limits: ['TRADING_MARKET_CONTEXT_*'],
  action: 'Look at the market-context gateway and its feeds',
}

/** Flags of the bundle that block by themselves; every other flag informs only (contract, 3.5). */
const BLOCKING_FLAGS: ReadonlySet<string> = new Set([
  'market_context_stale',
  'market_context_quality_low',
  'market_context_disabled',
  'market_context_domain_error',
  'fundamentals_error',
  'news_error',
  'technicals_error',
  'regime_error',
  'technicals_source_error',
  'regime_source_error',
])

/** Which reason is shown when several block; after these, the alphabetically first (contract, 3.5). */
const REASON_ORDER = [
  'market_context_disabled',
  'market_context_domain_error',
  'market_context_stale',
  'market_context_quality_low',
]

const DOMAIN_NAMES = ['technicals', 'fundamentals', 'news', 'regime'] as const
const HARMLESS_STATES: readonly unknown[] = ['ok', 'stale', 'missing']

export interface ContextCheck {
  allow: boolean
  reason: string | null
  riskFlags: string[]
}

/**
 * Judges the decision-time bundle (contract, 3.5). Flags come back sorted and unique, the blocking ones included.
 * A bundle that cannot be read blocks as `market_context_unreadable`.
 */
export function checkMarketContext(bundle: MarketContext | null, policy: ContextPolicy): ContextCheck {
  try {
    return bundle === null ? checkAbsence(policy) : checkBundle(bundle, policy)
  } catch {
    return { allow: false, reason: 'market_context_unreadable', riskFlags: [] }
  }
}

/**
 * The same judgement as a gate. With `shadow_only` a block is named in the evidence (`blocked`) and passes; any other
 * fail mode denies with the reason as code.
 */
export function marketContextOutcome(bundle: MarketContext | null, policy: ContextPolicy): GateOutcome {
  const gate = 'market-context'
  return guarded(gate, () => {
    const { allow, reason, riskFlags } = checkMarketContext(bundle, policy)
    const evidence = {
      present: bundle !== null,
      risk_flags: riskFlags.map(fact),
      quality_score: fact(bundle?.quality_score ?? null),
      freshness_seconds: fact(bundle?.freshness_seconds ?? null),
    }
    if (allow) return passed(gate, evidence)
    if (policy.fail_mode === 'shadow_only') return passed(gate, { ...evidence, blocked: reason })
    // Stryker disable next-line StringLiteral: a block has its reason; only the compiler asks
    const code = reason ?? 'market_context_unreadable'
    return denied(gate, code, evidence)
  })
}

/** Only an explicit `required: false` lets a review go without context. */
function checkAbsence(policy: ContextPolicy): ContextCheck {
  if (policy.required === false) return { allow: true, reason: null, riskFlags: [] }
  return { allow: false, reason: 'market_context_required_missing', riskFlags: [] }
}

function checkBundle(bundle: MarketContext, policy: ContextPolicy): ContextCheck {
  const blocking = new Set(bundle.risk_flags.filter((flag) => BLOCKING_FLAGS.has(flag)))
  if (hasFailedDomain(bundle)) blocking.add('market_context_domain_error')
  if (!isFresh(bundle.freshness_seconds, policy)) blocking.add('market_context_stale')
  if (!isShareAtLeast(bundle.quality_score, policy.min_quality)) blocking.add('market_context_quality_low')
  return {
    allow: blocking.size === 0,
    reason: REASON_ORDER.find((code) => blocking.has(code)) ?? [...blocking].sort()[0] ?? null,
    riskFlags: [...new Set([...bundle.risk_flags, ...blocking])].sort(),
  }
}

/** A state outside the four known words counts as an error: what it would mean is not known. */
function hasFailedDomain(bundle: MarketContext): boolean {
  return DOMAIN_NAMES.some((name) => !HARMLESS_STATES.includes(bundle.domains[name].state))
}

/** A negative age is a clock fault, not freshness; the type tests keep null and text from comparing as 0. */
function isFresh(freshnessSeconds: number, { max_staleness_seconds: maxSeconds }: ContextPolicy): boolean {
  if (!Number.isFinite(freshnessSeconds) || !Number.isFinite(maxSeconds)) return false
  return freshnessSeconds >= 0 && freshnessSeconds <= maxSeconds
}
