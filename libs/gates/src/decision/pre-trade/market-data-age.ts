import { ContextDomainName } from '@torghut/contracts'
import type { MarketContext } from '@torghut/contracts'

import { readInstant } from '../../evidence/instant.ts'
import { fact } from '../../evidence/outcome.ts'
import type { PreTradeFacts } from './facts.ts'
import { ageText, judgeAge } from './findings.ts'
import type { Finding, PreTradeGate } from './gate.ts'

/**
 * Denies on any domain of the context that is stale, be the newest one ever so fresh. A domain may be missing where the
 * policy does not require it: then it tells nothing, which is not the same as telling something old.
 */
export const marketDataAge: PreTradeGate = {
  about: {
    gate: 'market-data-age',
    codes: ['market_data_stale'],
    checks: 'Every domain of the market context is there where it is required, and none is older than it may be',
    why: 'Ours: the age a bundle states is that of its newest domain, so an old one hides behind it (contract, 9.20)',
    limits: ['limits.max_domain_age_seconds', 'limits.required_domains'],
    action: 'Look at the feed of the domain the evidence names',
  },
  judge: (facts) => {
    const { context, limits } = facts
    if (context === null) return 'market_context_missing'
    let finding: Finding = 'passed'
    for (const name of ContextDomainName.options) {
      const found = judgeDomain(name, context.domains[name], facts)
      if (found === 'breached' || found === 'unreadable') return found
      if (limits.max_domain_age_seconds[name] === null) finding = 'limit_not_configured'
    }
    return finding
  },
  evidence: (facts) => {
    const { context } = facts
    if (context === null) return { domain: null }
    const worst = ContextDomainName.options.find((name) => judgeDomain(name, context.domains[name], facts) !== 'passed')
    if (worst === undefined) return { domain: null }
    const { state, as_of: at, freshness_seconds: stated } = context.domains[worst]
    const age = ageText(readInstant(at), facts.asOf)
    return { domain: worst, state: fact(state), age_seconds: age, stated_seconds: fact(stated) }
  },
}

function isDomainName(name: unknown): boolean {
  return (ContextDomainName.options as readonly unknown[]).includes(name)
}

type Domain = MarketContext['domains'][ContextDomainName]

/** The stated age and the age by its time both count; the stricter of the block's own maximum and the policy's binds. */
function judgeDomain(name: ContextDomainName, domain: Domain, { limits, asOf }: PreTradeFacts): Finding {
  const { required_domains: required, max_domain_age_seconds: maxima } = limits
  const allowed = maxima[name]
  if (!Array.isArray(required) || !required.every(isDomainName) || (allowed !== null && !Number.isSafeInteger(allowed))) return 'unreadable'
  if (domain.state === 'missing') return required.includes(name) ? 'breached' : 'passed'
  if (domain.state !== 'ok') return 'breached'
  const { max_freshness_seconds: own, freshness_seconds: stated } = domain
  if (!Number.isSafeInteger(stated) || !Number.isSafeInteger(own) || (stated as number) < 0) return 'unreadable'
  const max = allowed === null ? own : Math.min(own, allowed)
  return (stated as number) > max ? 'breached' : judgeAge(readInstant(domain.as_of), asOf, max)
}
