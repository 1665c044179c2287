import { KeyReusedError, ReviewArchivedError } from '@torghut/artifact-store'
import { expect, test } from 'vitest'

import { storeProblem } from './reviews.ts'

test('storeProblem() sends the caller of an archived review for a new key', () => {
  const problem = storeProblem(new ReviewArchivedError('k', 'r'))
  expect(problem).toMatchObject({ status: 410, code: 'review_archived', message: expect.stringMatching(/"r".*"k".*another key$/) })
  expect(storeProblem(new KeyReusedError('k'))).toMatchObject({ status: 409, code: 'key_reused' })
})

test('storeProblem() leaves to others what the store did not throw', () => {
  expect(storeProblem(new Error('ours'))).toBeNull()
})
