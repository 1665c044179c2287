import { describe, expect, test } from 'vitest'

import { canonicalJson } from '../canonical/canonical-json.ts'
import { toValidationIssues } from '../problem/validation-issue.ts'
import type { ValidationIssue } from '../problem/validation-issue.ts'
import { fixturesFolder, readVectors } from '../testing/fixtures.ts'
import { parseReviewAdvice } from './advice.ts'
import { ReviewRequest } from './request.ts'

const vectors = readVectors()

describe.skipIf(fixturesFolder() === null)('shared vectors', () => {
  test('there are some', () => {
    expect(vectors.length).toBeGreaterThan(0)
  })

  test.each(vectors.filter((vector) => vector.request !== undefined))('ReviewRequest reads $file as expected', (vector) => {
    const parsed = ReviewRequest.safeParse(vector.request, { reportInput: true })
    expect(parsed.success).toBe(vector.expect['valid'])
    if (parsed.success) expect(canonicalJson(ReviewRequest.parse(parsed.data))).toBe(canonicalJson(parsed.data))
    else expectIssues(toValidationIssues(parsed.error), vector.expect['errors'])
  })

  test.each(vectors.filter((vector) => vector.response !== undefined))('ReviewAdvice reads $file as expected', (vector) => {
    const parsed = parseReviewAdvice(vector.response)
    expect(parsed.ok).toBe(vector.expect['valid'])
    if (!parsed.ok) return expectIssues(parsed.issues, vector.expect['errors'])
    expect(parsed.ignoredKeys).toEqual(vector.expect['ignored_keys'] ?? [])
    expect(parsed.advice).toMatchObject(vector.expect['normalized'] ?? {})
  })
})

function expectIssues(issues: ValidationIssue[], expected: unknown): void {
  const pairs = issues.map(({ path, code }) => ({ path, code }))
  expect(pairs.toSorted(byPath)).toEqual((expected as { path: string; code: string }[]).toSorted(byPath))
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : 1
}
