import { z } from 'zod'

import { JsonMap, Timestamp, UnitInterval, inKeyOrder, optionalText, ruleIssue, text } from '../scalars.ts'
import { eitherSpelling } from './spelling.ts'

const DOMAINS = ['technicals', 'fundamentals', 'news', 'regime'] as const

export const DomainState = z.enum(['ok', 'stale', 'missing', 'error'])
export type DomainState = z.infer<typeof DomainState>

const RiskFlags = z.array(text(128)).max(64).default([])
const Count = z.int().min(0)

export const Citation = eitherSpelling(
  z.strictObject({ source: text(512), published_at: Timestamp, url: optionalText(2048) }),
)

export const ContextDomain = z.strictObject({
  domain: z.enum(DOMAINS),
  state: DomainState,
  as_of: Timestamp.nullable().default(null),
  freshness_seconds: z.int().nullable().default(null),
  max_freshness_seconds: Count,
  source_count: Count,
  quality_score: UnitInterval,
  /** In key order, so that a prompt made from the stored request is the one that was sent. */
  payload: JsonMap.overwrite(inKeyOrder).default({}),
  citations: z.array(Citation).max(64).default([]),
  risk_flags: RiskFlags,
})

/** A domain block must carry its own name, else two blocks could be swapped unseen. */
function domainNamed(name: (typeof DOMAINS)[number]) {
  return eitherSpelling(ContextDomain).check((context) => {
    if (context.value.domain === name) return
    context.issues.push(ruleIssue('domain_mismatch', `Expected the block of "${name}"`, context.value.domain, ['domain']))
  })
}

/**
 * The decision-time context bundle (contract, 1.5). Read in camelCase or snake_case, stored in snake_case.
 * `freshness_seconds` of the bundle is that of its newest domain: gates that care look at each domain.
 */
export const MarketContext = eitherSpelling(
  z.strictObject({
    context_version: text(64),
    symbol: text(32),
    as_of_utc: Timestamp,
    freshness_seconds: z.int(),
    quality_score: UnitInterval,
    source_count: Count,
    risk_flags: RiskFlags,
    domains: z.strictObject({
      technicals: domainNamed('technicals'),
      fundamentals: domainNamed('fundamentals'),
      news: domainNamed('news'),
      regime: domainNamed('regime'),
    }),
  }),
)
export type MarketContext = z.output<typeof MarketContext>
