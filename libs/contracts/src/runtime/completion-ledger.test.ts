import { expect, test } from 'vitest'

import { CompletionLedgerRow } from './completion-ledger.ts'
import { completionKey } from './completion.ts'

const request = { model: 'gpt-5.3-codex-spark', messages: [{ role: 'user' as const, content: 'Judge the trade.' }] }
const ROW = {
  schema_version: 'torghut.completion.v1',
  completion_key: completionKey(request, 'compile/trial/1', 0),
  purpose: 'compile/trial/1',
  variant: 0,
  request,
  answer: { content: 'An answer', usage: null },
  simulated: true,
  answered_at: '2026-03-01T09:00:00Z',
}

function codesOf(row: unknown): unknown[] {
  const parsed = CompletionLedgerRow.safeParse(row)
  const issues = parsed.success ? [] : parsed.error.issues
  return issues.map((issue) => (issue.code === 'custom' ? issue.params?.['code'] : issue.code))
}

test.each([
  ['model', { request: { ...request, model: 'another' } }],
  ['message', { request: { ...request, messages: [{ role: 'user', content: 'Judge it.' }] } }],
  ['purpose', { purpose: 'compile/trial/2' }],
  ['variant', { variant: 1 }],
])('CompletionLedgerRow refuses a row under the key of another %s', (_name, change) => {
  expect(codesOf(ROW)).toEqual([])
  expect(codesOf({ ...ROW, ...change })).toEqual(['key_mismatch'])
})

test('CompletionLedgerRow does not key by the answer: two answers of one request meet, and the first is kept', () => {
  expect(codesOf({ ...ROW, answer: { content: 'Another answer', usage: null } })).toEqual([])
})

test('CompletionLedgerRow stores a lone surrogate of an answer as U+FFFD and refuses one in a request', () => {
  const row = CompletionLedgerRow.parse({ ...ROW, answer: { content: 'a\ud800b', usage: null } })
  expect(row.answer.content).toBe('a\ufffdb')
  const messages = [{ role: 'user', content: '\ud800' }]
  expect(codesOf({ ...ROW, request: { ...request, messages } })).toEqual(['unsafe_text'])
})

test.each([[{ variant: -1 }], [{ variant: 0.5 }], [{ request: { ...request, messages: [] } }], [{ trace: {} }]])(
  'CompletionLedgerRow refuses %j',
  (change) => {
    expect(codesOf({ ...ROW, ...change }).length).toBeGreaterThan(0)
  },
)
