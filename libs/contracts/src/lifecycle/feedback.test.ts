import { expect, test } from 'vitest'

import { Feedback, FeedbackBatch } from './feedback.ts'

const FEEDBACK = {
  feedback_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7c01',
  trade_decision_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7c02',
  source: { kind: 'desk_rule', id: 'panic-volatility' },
  label: 'veto',
  reason: 'Too volatile',
  known_at: '2026-03-01T09:00:00Z',
}

test('Feedback accepts each of the five verdict words from a person or a desk rule', () => {
  for (const label of ['approve', 'veto', 'adjust', 'abstain', 'escalate']) {
    for (const kind of ['person', 'desk_rule']) {
      expect(Feedback.safeParse({ ...FEEDBACK, label, source: { kind, id: 'x' } }).success).toBe(true)
    }
  }
})

test.each([
  [{ label: 'hold' }],
  [{ source: { kind: 'model', id: 'x' } }],
  [{ source: { kind: 'person', id: '' } }],
  [{ reason: 'r'.repeat(501) }],
  [{ reason: null }],
  [{ known_at: '2026-03-01' }],
  [{ feedback_id: 'x' }],
  [{ weight: 2 }],
])('Feedback refuses %j', (change) => {
  expect(Feedback.safeParse({ ...FEEDBACK, ...change }).success).toBe(false)
})

test('Feedback takes a reason of 500 characters and an empty one', () => {
  expect(Feedback.safeParse({ ...FEEDBACK, reason: 'r'.repeat(500) }).success).toBe(true)
  expect(Feedback.safeParse({ ...FEEDBACK, reason: '' }).success).toBe(true)
})

test('FeedbackBatch holds 1 to 1,000 items and leaves judging them to its reader', () => {
  const accepts = (count: number) => FeedbackBatch.safeParse({ feedback: Array(count).fill({ odd: true }) }).success
  expect([accepts(0), accepts(1), accepts(1000), accepts(1001)]).toEqual([false, true, true, false])
})
