import type { DeskRuleName } from '@torghut/market-replay/desk-rules'
import { expect, test } from 'vitest'

import { requestUnder } from '../testing/requests.ts'
import { correctShare } from './knowledge.ts'
import type { ShownExample } from './read-prompt.ts'

const nothing = { rules: [], examples: [] }
const right: ShownExample = { request: requestUnder('panic-volatility', 1), verdict: 'veto' }
const wrong: ShownExample = { request: requestUnder('panic-volatility', 2), verdict: 'approve' }

test('correctShare() rises when the rule is stated and stays below certainty', () => {
  const before = correctShare('panic-volatility', nothing)
  const after = correctShare('panic-volatility', { rules: ['panic-volatility'], examples: [] })
  expect(before).toBe(0.45)
  expect(after).toBeGreaterThan(0.9)
  expect(after).toBeLessThan(1)
})

test('correctShare() does not rise by other rules', () => {
  const other: DeskRuleName[] = ['chasing-extreme', 'medium-stress']
  expect(correctShare('panic-volatility', { rules: other, examples: [] })).toBe(0.45)
})

test('correctShare() of an ordinary trade rises with the rules it must escape', () => {
  const some = correctShare('ordinary-risk', { rules: ['panic-volatility'], examples: [] })
  const more = correctShare('ordinary-risk', { rules: ['panic-volatility', 'medium-stress'], examples: [] })
  expect(some).toBeGreaterThan(correctShare('ordinary-risk', nothing))
  expect(more).toBeGreaterThan(some)
})

test('correctShare() rises with right examples, each helping less, and a wrong one takes one away', () => {
  const shares = [0, 1, 2, 3].map((count) =>
    correctShare('panic-volatility', { rules: [], examples: Array(count).fill(right) }),
  )
  const gains = shares.slice(1).map((share, index) => share - shares[index]!)
  expect(gains[0]).toBeGreaterThan(gains[1]!)
  expect(gains[1]).toBeGreaterThan(gains[2]!)
  expect(gains[2]).toBeGreaterThan(0)
  expect(correctShare('panic-volatility', { rules: [], examples: [right, wrong] })).toBe(shares[0])
  expect(correctShare('panic-volatility', { rules: [], examples: [wrong] })).toBe(shares[0])
})

test('correctShare() falls when more examples are shown than can be followed', () => {
  const eight = correctShare('panic-volatility', { rules: [], examples: Array(8).fill(right) })
  const thirty = correctShare('panic-volatility', { rules: [], examples: Array(30).fill(right) })
  expect(thirty).toBeLessThan(eight)
})
