import { hashJson } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { CursorInvalidError, ReviewNotFoundError } from '../errors.ts'
import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { sampleEntry } from '../testing/sample-review.ts'
import type { SampleOptions } from '../testing/sample-review.ts'
import type { ReviewFilter } from './reviews.ts'

let fixture: TestStore
let minute = 0

const NOBODY = '00000000-0000-4000-8000-000000000000'

const START = Date.parse('2026-03-02T15:00:00Z')

/** One a minute, oldest first. */
const shapes: SampleOptions[] = [
  { symbol: 'AMD' },
  { symbol: 'AMD', verdict: 'veto', adviceVerdict: 'approve', reason: 'halted' },
  { symbol: 'AMD', verdict: 'veto', fallbackCause: 'gateway_timeout' },
  { symbol: 'NVDA', verdict: 'adjust' },
  { symbol: 'NVDA', arm: 'candidate', artifactHash: hashJson('candidate') },
  { symbol: 'NVDA', verdict: 'veto', adviceVerdict: null, fallbackCause: 'breaker_open' },
]
const entries = shapes.map(sampleEntry)

beforeAll(async () => {
  fixture = await openTestStore({ now: () => new Date(START + minute * 60_000) })
  const writer = await fixture.registerWriter()
  for (const entry of entries) {
    await writer.append(entry)
    minute += 1
  }
})

afterAll(() => fixture.stop())

async function listed(filter: ReviewFilter): Promise<number[]> {
  const { items } = await fixture.store.listReviews(filter)
  return items.map(({ record }) => entries.findIndex((entry) => entry.record.review_id === record.review_id))
}

test('listReviews() lists everything, newest first', async () => {
  expect(await listed({})).toEqual([5, 4, 3, 2, 1, 0])
})

test.each<[ReviewFilter, number[]]>([
  [{ symbol: 'AMD' }, [2, 1, 0]],
  [{ verdict: 'veto' }, [5, 2, 1]],
  [{ adviceVerdict: 'approve' }, [4, 1, 0]],
  [{ fallbackCause: 'breaker_open' }, [5]],
  [{ artifactHash: hashJson('candidate') }, [4]],
  [{ arm: 'candidate' }, [4]],
  [{ symbol: 'AMD', verdict: 'veto' }, [2, 1]],
  [{ symbol: "'; DROP TABLE trade_outcomes; --" }, []],
])('listReviews() narrows by %o', async (filter, expected) => {
  expect(await listed(filter)).toEqual(expected)
})

test('listReviews() includes from and excludes to, to the millisecond', async () => {
  expect(await listed({ from: '2026-03-02T15:02:00.000Z', to: '2026-03-02T15:04:00.000Z' })).toEqual([3, 2])
  expect(await listed({ from: '2026-03-02T15:02:00.001Z', to: '2026-03-02T15:04:00.001Z' })).toEqual([4, 3])
})

test('listReviews() pages through rows of one instant without losing or repeating any', async () => {
  const writer = await fixture.registerWriter()
  const same = Array.from({ length: 7 }, () => sampleEntry({ symbol: 'SAME' }))
  await Promise.all(same.map((entry) => writer.append(entry)))
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await fixture.store.listReviews({ symbol: 'SAME', limit: 3, cursor })
    seen.push(...page.items.map(({ record }) => record.review_id))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(seen).toEqual(same.map(({ record }) => record.review_id).sort().reverse())
})

test('listReviews() has no next cursor when the last page is exactly full', async () => {
  expect((await fixture.store.listReviews({ symbol: 'AMD', limit: 3 })).nextCursor).toBeNull()
  expect((await fixture.store.listReviews({ symbol: 'AMD', limit: 2 })).nextCursor).not.toBeNull()
})

test('listReviews() refuses a cursor it did not write', async () => {
  const noDate = Buffer.from(`2026-13-99T15:00:00.000Z ${NOBODY}`).toString('base64url')
  const yearZero = Buffer.from(`0000-01-01T00:00:00.000Z ${NOBODY}`).toString('base64url')
  for (const cursor of ['', 'nonsense', noDate, yearZero]) {
    await expect(fixture.store.listReviews({ cursor })).rejects.toBeInstanceOf(CursorInvalidError)
  }
})

test('findReview() throws for a review nobody stored', async () => {
  await expect(fixture.store.findReview(NOBODY)).rejects.toBeInstanceOf(ReviewNotFoundError)
})

test('llm_decision_reviews_json offers request and response as the first service stored them', async () => {
  const vetoed = entries[1]!
  const { record, submission } = vetoed
  const text = 'SELECT * FROM llm_decision_reviews_json WHERE id = $1'
  const { rows } = await fixture.application.query(text, [record.review_id])
  const { lineage, advice } = record
  const { program_name, signature_version, artifact_hash, request_hash, response_hash } = lineage
  const identity = { mode: 'active', program_name, signature_version, artifact_hash, artifact_source: 'database' }
  expect(rows[0].input_json).toEqual(submission.request)
  expect(rows[0].response_json).toEqual({
    ...advice,
    advisory_only: true,
    dspy: { ...identity, executor: 'dspy_live', latency_ms: 40.25, advisory_only: true, fallback: false },
    dspy_lineage: identity,
    request_hash,
    response_hash,
    policy_override: 'halted',
    policy_verdict: 'veto',
  })
  expect(rows[0]).toMatchObject({ verdict: 'veto', tokens_prompt: 900, confidence: '0.8123' })
  expect(rows[0].risk_flags).toEqual(advice?.risk_flags)
})

test('llm_decision_reviews_json holds no advice and names the fallback when there was none', async () => {
  const text = 'SELECT response_json FROM llm_decision_reviews_json WHERE id = $1'
  const { rows } = await fixture.application.query(text, [entries[5]!.record.review_id])
  expect(rows[0].response_json).toMatchObject({ advisory_only: true, dspy: { fallback: true, error: 'breaker_open' } })
  expect(rows[0].response_json).not.toHaveProperty('verdict')
  expect(rows[0].response_json).not.toHaveProperty('policy_override')
})

test('saveArtifact() and saveGatePolicy() are idempotent and return what the bytes hash to', async () => {
  const bytes = Buffer.from('{"any":"bytes"}')
  const artifact = { kind: 'program', programName: 'p', bytes }
  const artifactHash = await fixture.store.saveArtifact(artifact)
  expect(await fixture.store.saveArtifact(artifact)).toBe(artifactHash)
  expect(await fixture.store.findOptionalArtifact({ kind: 'program', programName: 'p', artifactHash })).toEqual(bytes)
  expect(await fixture.store.findOptionalArtifact({ kind: 'router', programName: 'p', artifactHash })).toBeUndefined()
  const policyHash = await fixture.store.saveGatePolicy(bytes)
  expect(await fixture.store.saveGatePolicy(bytes)).toBe(policyHash)
  expect(await fixture.store.findOptionalGatePolicy(policyHash)).toEqual(bytes)
})
