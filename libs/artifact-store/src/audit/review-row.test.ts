import { canonicalJson } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { EntryRejectedError } from '../errors.ts'
import { sampleEntry } from '../testing/sample-review.ts'
import { reviewRow } from './review-row.ts'

test('reviewRow() keeps the canonical bytes of both halves', () => {
  const entry = sampleEntry()
  const row = reviewRow(entry)
  expect(row.request_bytes.toString()).toBe(canonicalJson(entry.submission))
  expect(row.response_bytes.toString()).toBe(canonicalJson(entry.record))
})

test('reviewRow() refuses a record whose request hash is of another submission', () => {
  const entry = { ...sampleEntry(), submission: sampleEntry({ symbol: 'AMD' }).submission }
  expect(() => reviewRow(entry)).toThrow(EntryRejectedError)
})

test('reviewRow() refuses a record about another decision', () => {
  const entry = sampleEntry()
  const record = { ...entry.record, trade_decision_id: sampleEntry().record.trade_decision_id }
  expect(() => reviewRow({ ...entry, record })).toThrow(/another decision/)
})

test('reviewRow() has an adjusted quantity only when the verdict is adjust', () => {
  const adjusted = reviewRow(sampleEntry({ verdict: 'adjust' }))
  expect(adjusted).toMatchObject({ adjusted_qty: '5.25000000', adjusted_order_type: 'market' })
  expect(reviewRow(sampleEntry({ verdict: 'approve', adviceVerdict: 'adjust' })).adjusted_qty).toBeNull()
})

test('reviewRow() leaves advice columns empty when there is no advice', () => {
  const row = reviewRow(sampleEntry({ adviceVerdict: null }))
  expect(row).toMatchObject({ advice_verdict: null, confidence: null, rationale: null, risk_flags: [] })
})
