import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'
import { z } from 'zod'

import { ReviewRequest, parseReviewAdvice } from '@torghut/contracts'

import { sampleRequest } from '../testing/samples.ts'
import { heuristicAdvice } from './heuristic.ts'

const CONTEXT_DOMAINS = ['technicals', 'fundamentals', 'news', 'regime']

test('heuristicAdvice() approves a request that allows adjustment and carries no flag', () => {
  const advice = heuristicAdvice(sampleRequest())
  expect(parseReviewAdvice(advice)).toEqual({ ok: true, advice, ignoredKeys: [] })
  expect(advice).toMatchObject({
    verdict: 'approve',
    confidence: 0.64,
    confidence_band: 'medium',
    calibrated_probabilities: { approve: 0.64, veto: 0.09, adjust: 0.09, abstain: 0.09, escalate: 0.09 },
    uncertainty: { score: 0.36, band: 'medium' },
    calibration_metadata: { method: 'heuristic_spread', runtime: 'deterministic_heuristic_scaffold' },
    rationale: 'dspy_committee_consensus_approve',
    required_checks: ['execution_policy', 'order_firewall', 'risk_engine'],
    risk_flags: [],
  })
  expect(members(advice)).toEqual([
    ['researcher', 'approve', 0.62, 'medium'],
    ['risk_critic', 'approve', 0.71, 'medium'],
    ['execution_critic', 'approve', 0.68, 'medium'],
    ['policy_judge', 'approve', 0.74, 'medium'],
  ])
})

test('heuristicAdvice() vetoes on flags, which it lists once and sorted, and so does its risk critic', () => {
  const flagged = context(['market_context_stale'], ['news_missing', 'a'])
  const advice = heuristicAdvice(sampleRequest({ market_context: flagged }))
  expect(advice).toMatchObject({
    verdict: 'veto',
    confidence: 0.82,
    rationale: 'dspy_market_context_risk_flags_detected',
    risk_flags: ['a', 'market_context_stale', 'news_missing'],
  })
  expect(members(advice)[1]).toEqual(['risk_critic', 'veto', 0.9, 'low'])
})

test('heuristicAdvice() vetoes on a single flag, wherever it stands', () => {
  for (const market_context of [context(['news_missing'], []), context([], ['news_missing'])]) {
    const advice = heuristicAdvice(sampleRequest({ market_context }))
    expect(advice).toMatchObject({ verdict: 'veto', risk_flags: ['news_missing'] })
  }
})

test('heuristicAdvice() vetoes first of all when adjustment is not allowed', () => {
  const request = sampleRequest({ market_context: context(['x'], []) })
  const advice = heuristicAdvice({ ...request, policy: { ...request.policy, adjustment_allowed: false } })
  expect(advice).toMatchObject({
    verdict: 'veto',
    confidence: 0.86,
    confidence_band: 'high',
    rationale: 'dspy_policy_guard_adjustment_disallowed',
    risk_flags: ['x'],
    calibrated_probabilities: { veto: 0.86, approve: 0.035 },
  })
})

test('heuristicAdvice() answers the same request with the same bytes', () => {
  expect(JSON.stringify(heuristicAdvice(sampleRequest()))).toBe(JSON.stringify(heuristicAdvice(sampleRequest())))
})

const VECTORS = ['01-request-minimal-valid', '02-request-full-valid', '03-request-context-degraded']
const fixtures = process.env['TORGHUT_FIXTURES']
if (!fixtures) process.stdout.write(`Skipped ${VECTORS.length} shared heuristic vectors: TORGHUT_FIXTURES is not set\n`)

const Vector = z.object({ request: z.unknown(), expect: z.object({ heuristic: z.record(z.string(), z.unknown()) }) })

test.skipIf(!fixtures).each(VECTORS)('heuristicAdvice() meets the shared vector %s', (name) => {
  const file = join(fixtures ?? '', 'vectors', `${name}.json`)
  const vector = Vector.parse(JSON.parse(readFileSync(file, 'utf8')))
  const { verdict, confidence, rationale, risk_flags } = heuristicAdvice(ReviewRequest.parse(vector.request))
  expect({ verdict, confidence, rationale, risk_flags }).toEqual(vector.expect.heuristic)
})

function members(advice: ReturnType<typeof heuristicAdvice>): unknown[][] {
  return Object.values(advice.committee?.roles ?? {}).map((member) => [
    member.role,
    member.verdict,
    member.confidence,
    member.uncertainty,
  ])
}

function context(bundleFlags: string[], domainFlags: string[]): unknown {
  const block = (domain: string) => ({
    domain,
    state: 'ok',
    max_freshness_seconds: 60,
    source_count: 1,
    quality_score: 1,
    risk_flags: domainFlags,
  })
  return {
    context_version: 'torghut.market-context.v1',
    symbol: 'AAPL',
    as_of_utc: '2026-02-27T15:30:00Z',
    freshness_seconds: 1,
    quality_score: 1,
    source_count: 4,
    risk_flags: bundleFlags,
    domains: Object.fromEntries(CONTEXT_DOMAINS.map((domain) => [domain, block(domain)])),
  }
}
