import type { ContextPolicy } from '@torghut/contracts'
import { ReviewRequest } from '@torghut/contracts'
import { describe, expect, test } from 'vitest'

import type { Changes } from '../testing/samples.ts'
import { changed, sampleSubmission } from '../testing/samples.ts'
import { contextCases, haveVectors } from '../testing/vectors.ts'
import { checkMarketContext, marketContextOutcome } from './market-context.ts'

const POLICY: ContextPolicy = {
  required: false,
  min_quality: 0.4,
  max_staleness_seconds: 300,
  fail_mode: 'fail_closed',
}

function sampleBundle(changes: Changes = {}) {
  const bundle = sampleSubmission().request.market_context
  if (bundle === null) throw new Error('the sample has a bundle')
  return changed(bundle, changes)
}

function reasonAfter(changes: Changes): string | null {
  return checkMarketContext(sampleBundle(changes), POLICY).reason
}

test('checkMarketContext() allows a bundle within every limit and returns its flags sorted and unique', () => {
  const bundle = sampleBundle({ risk_flags: ['b', 'a', 'b'] })
  expect(checkMarketContext(bundle, POLICY)).toEqual({ allow: true, reason: null, riskFlags: ['a', 'b'] })
})

test('checkMarketContext() allows a bundle without flags, and adds none', () => {
  const bundle = sampleBundle({ risk_flags: [] })
  expect(checkMarketContext(bundle, POLICY)).toEqual({ allow: true, reason: null, riskFlags: [] })
})

test('checkMarketContext() shows a low quality before a flag', () => {
  expect(reasonAfter({ risk_flags: ['fundamentals_error'], quality_score: 0.1 })).toBe('market_context_quality_low')
})

test('checkMarketContext() knows no flag of a bundle it cannot read', () => {
  const unreadable = { allow: false, reason: 'market_context_unreadable', riskFlags: [] }
  expect(checkMarketContext({} as never, POLICY)).toEqual(unreadable)
})

test('checkMarketContext() lets a review go without a bundle only where none is required', () => {
  expect(checkMarketContext(null, POLICY)).toEqual({ allow: true, reason: null, riskFlags: [] })
  const blocked = { allow: false, reason: 'market_context_required_missing', riskFlags: [] }
  expect(checkMarketContext(null, { ...POLICY, required: true })).toEqual(blocked)
  expect(checkMarketContext(null, { ...POLICY, required: undefined } as never)).toEqual(blocked)
})

test.each([
  [0, null],
  [299, null],
  [300, null],
  [301, 'market_context_stale'],
  [-1, 'market_context_stale'],
  [NaN, 'market_context_stale'],
  [Infinity, 'market_context_stale'],
  [-Infinity, 'market_context_stale'],
  [null, 'market_context_stale'],
  ['12', 'market_context_stale'],
  [undefined, 'market_context_stale'],
])('checkMarketContext() reads a freshness of %s s as %s', (freshness, reason) => {
  expect(reasonAfter({ freshness_seconds: freshness })).toBe(reason)
})

test.each([
  [0.41, null],
  [0.4, null],
  [0.39, 'market_context_quality_low'],
  [1, null],
  [1.01, 'market_context_quality_low'],
  [NaN, 'market_context_quality_low'],
  [Infinity, 'market_context_quality_low'],
  [undefined, 'market_context_quality_low'],
  ['0.9', 'market_context_quality_low'],
])('checkMarketContext() reads a quality of %s as %s', (quality, reason) => {
  expect(reasonAfter({ quality_score: quality })).toBe(reason)
})

test.each([
  ['ok', null],
  ['stale', null],
  ['missing', null],
  ['error', 'market_context_domain_error'],
  ['fine', 'market_context_domain_error'],
  [undefined, 'market_context_domain_error'],
])('checkMarketContext() reads a domain in state %s as %s', (state, reason) => {
  for (const name of ['technicals', 'fundamentals', 'news', 'regime']) {
    expect(reasonAfter({ [`domains.${name}.state`]: state })).toBe(reason)
  }
})

test.each([
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
])('checkMarketContext() blocks on the bundle flag %s', (flag) => {
  expect(checkMarketContext(sampleBundle({ risk_flags: [flag] }), POLICY)).toEqual({
    allow: false,
    reason: flag,
    riskFlags: [flag],
  })
})

test('checkMarketContext() looks at the flags of the bundle, not at those of a domain', () => {
  expect(reasonAfter({ 'domains.news.risk_flags': ['news_error'] })).toBeNull()
})

test('checkMarketContext() shows the first reason in the stated order, then the alphabetically first flag', () => {
  const faults: Changes = {
    risk_flags: ['technicals_error', 'news_error', 'market_context_disabled'],
    'domains.news.state': 'error',
    freshness_seconds: 301,
    quality_score: 0,
  }
  const reasons: (string | null)[] = [reasonAfter(faults)]
  faults['risk_flags'] = ['technicals_error', 'news_error']
  reasons.push(reasonAfter(faults))
  faults['domains.news.state'] = 'ok'
  reasons.push(reasonAfter(faults))
  faults['freshness_seconds'] = 0
  reasons.push(reasonAfter(faults))
  faults['quality_score'] = 1
  reasons.push(reasonAfter(faults))
  expect(reasons).toEqual([
    'market_context_disabled',
    'market_context_domain_error',
    'market_context_stale',
    'market_context_quality_low',
    'news_error',
  ])
})

test('checkMarketContext() adds what it found itself to the flags', () => {
  const { riskFlags } = checkMarketContext(sampleBundle({ quality_score: 0.1, freshness_seconds: 999 }), POLICY)
  expect(riskFlags).toEqual([
    'fundamentals_missing',
    'market_context_quality_low',
    'market_context_stale',
    'news_missing',
  ])
})

test.each([undefined, 7, 'text', {}, { risk_flags: [] }])('checkMarketContext() blocks on %j as a bundle', (bundle) => {
  expect(checkMarketContext(bundle as never, POLICY)).toMatchObject({ allow: false })
})

test('marketContextOutcome() denies with the reason as code under fail_closed', () => {
  const outcome = marketContextOutcome(sampleBundle({ freshness_seconds: 301 }), POLICY)
  expect(outcome).toMatchObject({ gate: 'market-context', passed: false, code: 'market_context_stale' })
})

test('marketContextOutcome() passes under shadow_only and names the block in its evidence', () => {
  const shadow: ContextPolicy = { ...POLICY, fail_mode: 'shadow_only' }
  const blocked = marketContextOutcome(sampleBundle({ freshness_seconds: 301 }), shadow)
  expect(blocked).toMatchObject({ passed: true, evidence: { blocked: 'market_context_stale', freshness_seconds: 301 } })
  expect(marketContextOutcome(sampleBundle(), shadow).evidence).not.toHaveProperty('blocked')
})

test('marketContextOutcome() denies under a fail mode nobody knows', () => {
  const policy = { ...POLICY, fail_mode: 'open' } as never
  expect(marketContextOutcome(sampleBundle({ freshness_seconds: 301 }), policy).passed).toBe(false)
  expect(marketContextOutcome(sampleBundle(), null as never)).toMatchObject({ passed: false })
})

describe.skipIf(!haveVectors())('shared vectors', () => {
  const cases = contextCases<ContextPolicy>()

  test('there are some', () => {
    expect(cases.length).toBeGreaterThanOrEqual(5)
  })

  test.each(cases)('checkMarketContext() answers $title as expected', ({ vector, settings, expected }) => {
    const bundle = ReviewRequest.parse(vector.request).market_context
    const { allow, reason, riskFlags } = checkMarketContext(bundle, settings)
    expect({ allow, reason, risk_flags: riskFlags }).toEqual(expected)
  })
})
