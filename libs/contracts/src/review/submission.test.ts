import { expect, test } from 'vitest'

import { canonicalJson, hashJson } from '../canonical/canonical-json.ts'
import { exampleSubmission } from '../testing/submission.ts'
import { ReviewSubmission, parseReviewSubmission } from './submission.ts'

type Body = ReturnType<typeof exampleSubmission>

/** Parses the example after one change and returns `path code` of every issue, or [] when it was accepted. */
function issuesAfter(change: (body: Body) => void): string[] {
  const body = exampleSubmission()
  change(body)
  const parsed = parseReviewSubmission(body)
  return parsed.ok ? [] : parsed.issues.map((issue) => `${issue.path} ${issue.code}`)
}

function set(path: string, value: unknown): (body: Body) => void {
  return (body) => {
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    const parent = keys.reduce<Record<string, unknown>>((item, key) => item[key] as Record<string, unknown>, body)
    parent[last] = value
  }
}

test('parseReviewSubmission() normalises a body to one that parses to itself', () => {
  const parsed = parseReviewSubmission(exampleSubmission())
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  expect(parsed.submission.request.market_context?.domains.news.max_freshness_seconds).toBe(600)
  const stored = canonicalJson(parsed.submission)
  expect(canonicalJson(ReviewSubmission.parse(JSON.parse(stored)))).toBe(stored)
})

test('parseReviewSubmission() gives one hash for both spellings, any key order and any zone', () => {
  const parsed = parseReviewSubmission(exampleSubmission())
  const body = exampleSubmission()
  body.request.decision.event_ts = '2026-02-27T10:31:00-05:00'
  body.trade_decision_id = body.trade_decision_id.toUpperCase()
  const reordered = Object.fromEntries(Object.entries(body).reverse())
  const again = parseReviewSubmission(reordered)
  if (!parsed.ok || !again.ok) throw new Error('refused')
  expect(hashJson(again.submission)).toBe(hashJson(parsed.submission))
})

test.each([
  ['request.decision.qty', 10, 'decimal'],
  ['request.decision.qty', 'NaN', 'decimal'],
  ['request.decision.qty', '1e3', 'decimal'],
  ['request.decision.qty', '1.123456789', 'decimal'],
  ['request.decision.qty', '1'.repeat(21), 'decimal'],
  ['request.decision.qty', null, 'type'],
  ['request.decision.qty', undefined, 'missing'],
  ['request.decision.action', 'hold', 'enum'],
  ['request.decision.event_ts', '2026-02-30T00:00:00Z', 'timestamp'],
  ['request.decision.event_ts', '2026-02-27T15:31:00', 'timestamp'],
  ['request.decision.symbol', 'x'.repeat(33), 'too_long'],
  ['request.decision.symbol', '', 'too_short'],
  ['request.decision.rationale', 'a\u0000b', 'unsafe_text'],
  ['request.decision.rationale', '\ud800', 'unsafe_text'],
  ['request.market_context.qualityScore', 1.01, 'range'],
  ['request.market_context.qualityScore', Number.POSITIVE_INFINITY, 'range'],
  ['trade_decision_id', 'not-a-uuid', 'uuid'],
  ['gate_state.reference_price.price', '0', 'range'],
  ['gate_state.reference_price.price', '-1', 'range'],
  ['gate_state.extra', 1, 'unknown_field'],
  ['request.account.account_number', '123', 'unknown_field'],
  ['request.decision.confidence', 0.7, 'unknown_field'],
])('parseReviewSubmission() refuses %s = %j as %s', (path, value, code) => {
  const spelled = path.replace('qualityScore', 'quality_score')
  const expected = code === 'range' && value === Number.POSITIVE_INFINITY ? path : spelled
  expect(issuesAfter(set(path, value))).toEqual([`${expected} ${code}`])
})

test('parseReviewSubmission() refuses both spellings of one context key', () => {
  expect(issuesAfter(set('request.market_context.quality_score', 0.5))).toEqual([
    'request.market_context.quality_score both_spellings',
  ])
})

test('parseReviewSubmission() refuses a context block under another block’s name', () => {
  expect(issuesAfter(set('request.market_context.domains.news.domain', 'regime'))).toEqual([
    'request.market_context.domains.news.domain domain_mismatch',
  ])
})

test('parseReviewSubmission() refuses nesting that would exhaust a recursive reader', () => {
  let deep: unknown = 1
  for (let level = 0; level < 50_000; level += 1) deep = [deep]
  const issues = issuesAfter(set('request.market_context.domains.news.payload', { deep }))
  expect(issues).toHaveLength(1)
  expect(issues[0]).toMatch(/too_deep$/)
})

test('parseReviewSubmission() drops and counts what free maps hold beyond the contract', () => {
  const body = exampleSubmission() as Record<string, never> & Body
  set('request.decision.params', { macd: '1', forecast: { p50: 1 }, rsi: null })(body)
  set('request.positions', [{ symbol: 'NVDA', qty: '6', account_id: 'secret' }, { qty: '1' }])(body)
  const parsed = parseReviewSubmission(body)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  expect(parsed.submission.request.decision.params).toEqual({ macd: '1' })
  expect(parsed.submission.request.positions).toEqual([{ symbol: 'NVDA', qty: '6' }])
  expect(parsed.dropped).toEqual({ params: 2, positions: 2 })
})

test('parseReviewSubmission() refuses a key that would set a prototype', () => {
  const payload: unknown = JSON.parse('{"__proto__": {"halted": false}}')
  expect(issuesAfter(set('request.market_context.domains.news.payload', payload))).toEqual([
    'request.market_context.domains.news.payload.__proto__ unsafe_key',
  ])
})
