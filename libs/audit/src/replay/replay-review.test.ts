import { canonicalJson, hashJson } from '@torghut/contracts'
import { ENGINE_VERSION } from '@torghut/gates'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { settledReviews } from '../testing/settled-reviews.ts'
import type { SettledReview } from '../testing/settled-reviews.ts'
import { jsonDifferences } from './json-differences.ts'
import { replayReview } from './replay-review.ts'

/** The proof replays 10,000. */
const REVIEWS = Number(process.env['TORGHUT_REPLAYED_REVIEWS'] ?? 300)

const bytesOf = (value: unknown) => Buffer.from(canonicalJson(value))

function stored({ submission, record, policyBytes }: SettledReview) {
  return { request_bytes: bytesOf(submission), response_bytes: bytesOf(record), policyBytes }
}

const [example] = fc.sample(settledReviews(), { numRuns: 1, seed: 7 }) as [SettledReview]

test(`replayReview() decides ${REVIEWS} reviews of every kind again to the same bytes`, { timeout: 300_000 }, ({ task }) => {
  const verdicts: Record<string, number> = {}
  const reasons = new Set<string | null>()
  for (const review of fc.sample(settledReviews(), { numRuns: REVIEWS, seed: 20_260_227 })) {
    expect(replayReview(stored(review))).toEqual({ state: 'same' })
    verdicts[review.record.verdict] = (verdicts[review.record.verdict] ?? 0) + 1
    reasons.add(review.record.reason)
  }
  // What was replayed was of every kind, or it would prove less than it says.
  // Few of them may be an adjustment that every gate lets through.
  const expected = REVIEWS < 10_000 ? ['approve', 'veto'] : ['adjust', 'approve', 'veto']
  expect(Object.keys(verdicts)).toEqual(expect.arrayContaining(expected))
  expect(reasons.size).toBeGreaterThan(8)
  Object.assign(task.meta, { figures: { ...verdicts, reasons: reasons.size } })
})

test('replayReview() shows each field that differs, and nothing else', () => {
  const { record } = example
  const reason = `${record.reason}_not`
  const forged = { ...record, reason, outcomes: record.outcomes.with(0, { ...record.outcomes[0]!, gate: 'another' }) }
  expect(replayReview(stored({ ...example, record: forged }))).toEqual({
    state: 'different',
    differences: [
      { path: 'reason', stored: reason, replayed: record.reason },
      { path: 'outcomes[0].gate', stored: 'another', replayed: record.outcomes[0]!.gate },
    ],
  })
})

test('replayReview() says which engine is missing, also when its record is not ours to read', () => {
  const lineage = { ...example.record.lineage, engine_version: 'review-engine-v0' }
  const outcome = { state: 'engine_missing', engineVersion: 'review-engine-v0' }
  expect(replayReview(stored({ ...example, record: { ...example.record, lineage } }))).toEqual(outcome)
  expect(replayReview({ ...stored(example), response_bytes: bytesOf({ lineage }) })).toEqual(outcome)
})

test('replayReview() says which policy is missing, and takes no other one in its place', () => {
  const outcome = { state: 'policy_missing', policyHash: example.record.lineage.policy_hash }
  expect(replayReview({ ...stored(example), policyBytes: undefined })).toEqual(outcome)
  const policy = { ...(JSON.parse(example.policyBytes.toString()) as object), restricted_symbols: ['XYZ'] }
  expect(hashJson(policy)).not.toBe(outcome.policyHash)
  expect(replayReview({ ...stored(example), policyBytes: bytesOf(policy) })).toEqual({ state: 'unreadable', part: 'policy' })
})

test.each(['request', 'record', 'policy'] as const)('replayReview() finds %s bytes that do not parse, or not to themselves', (part) => {
  const name = { request: 'request_bytes', record: 'response_bytes', policy: 'policyBytes' }[part]
  const sound = stored(example)
  const text = sound[name as keyof typeof sound].toString()
  expect(replayReview({ ...sound, [name]: Buffer.from(`${text} `) })).toEqual({ state: 'respelled', part })
  expect(replayReview({ ...sound, [name]: Buffer.from(text.slice(0, -1)) })).toEqual({ state: 'unreadable', part })
  const extra = bytesOf({ ...(JSON.parse(text) as object), unknown: 1 })
  expect(replayReview({ ...sound, [name]: extra })).toEqual({ state: 'unreadable', part })
})

test('replayReview() decides nothing for a record that names no engine', () => {
  expect(ENGINE_VERSION).toMatch(/^review-engine-v/)
  expect(replayReview({ ...stored(example), response_bytes: Buffer.from('null') })).toEqual({ state: 'unreadable', part: 'record' })
})

test('jsonDifferences() goes as deep as the values differ', () => {
  const same = { a: [1, { b: null }], c: 'x' }
  expect(jsonDifferences(same, structuredClone(same))).toEqual([])
  expect(jsonDifferences({ a: [1, { b: null }] }, { a: [1, { b: 2 }, 3], d: 4 })).toEqual([
    { path: 'a[1].b', stored: null, replayed: 2 },
    { path: 'a[2]', stored: undefined, replayed: 3 },
    { path: 'd', stored: undefined, replayed: 4 },
  ])
  expect(jsonDifferences([1], { 0: 1 })).toEqual([{ path: '', stored: [1], replayed: { 0: 1 } }])
})
