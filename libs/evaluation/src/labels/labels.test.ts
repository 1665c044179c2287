import type { Feedback, TradeResult } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { SELECTION, sampleFeedback, sampleRecord, sampleResult } from '../testing/sample-reviews.ts'
import { isContaminated } from './contamination.ts'
import { chosenLabel, labelsEndAt, labelsOf } from './labels.ts'
import type { LabelFacts } from './labels.ts'

const DENIED = { gate: 'order-notional', passed: false, code: 'order_notional_above_max', evidence: {} } as const
const PERSON = { kind: 'person', id: 'ada' } as const

function facts(changes: Partial<LabelFacts> = {}): LabelFacts {
  return { record: sampleRecord(), results: [], feedback: [], ...changes }
}

function resultClass(result: Partial<TradeResult>, rule = {}): string | null | undefined {
  return labelsOf(facts({ results: [sampleResult(result)] }), { ...SELECTION, ...rule }).realised?.class
}

function feedbackClass(...feedback: Partial<Feedback>[]): string | null {
  return labelsOf(facts({ feedback: feedback.map(sampleFeedback) }), SELECTION).feedback?.class ?? null
}

test('labelsOf() gives nothing for what only the reviewer had said', () => {
  for (const verdict of ['approve', 'veto', 'adjust'] as const) {
    const labels = labelsOf(facts({ record: sampleRecord({ verdict }) }), SELECTION)
    expect(labels).toEqual({ feedback: null, gates: null, realised: null, counterfactual: null })
    expect(chosenLabel(labels, SELECTION.label_order)).toBeNull()
    expect(labelsEndAt(labels)).toBeNull()
  }
})

test.each([
  ['0.0001', '0', 'approve'],
  ['0', '0', null],
  ['-0.0001', '0', 'veto'],
  ['0.001', '0.001', null],
  ['0.00100001', '0.001', 'approve'],
  ['-0.001', '0.001', null],
  ['-0.00100001', '0.001', 'veto'],
])('labelsOf() of a net result of %s with a dead band of %s: %s', (net, dead_band, label) => {
  expect(resultClass({ net }, { dead_band })).toBe(label)
})

test('labelsOf() knows no realised result of a vetoed trade, and keeps the two kinds apart', () => {
  const results = [sampleResult({ net: '-0.01' }), sampleResult({ kind: 'counterfactual', net: '0.02' })]
  const traded = labelsOf(facts({ results }), SELECTION)
  expect([traded.realised?.class, traded.counterfactual?.class]).toEqual(['veto', 'approve'])
  const vetoed = labelsOf(facts({ results, record: sampleRecord({ verdict: 'veto' }) }), SELECTION)
  expect([vetoed.realised, vetoed.counterfactual?.class]).toEqual([null, 'approve'])
})

test('labelsOf() reads nothing that became known after the set was closed', () => {
  const known_until = '2026-02-28T15:32:00Z'
  expect(resultClass({ known_at: known_until }, { known_until })).toBe('approve')
  expect(resultClass({ known_at: '2026-02-28T15:32:00.000000001Z' }, { known_until })).toBeUndefined()
})

test('labelsOf() takes the result with the last exit', () => {
  const early = sampleResult({ net: '-0.01' })
  const late = sampleResult({
    outcome_id: '00000000-0000-4000-8000-000000000002',
    event_at: '2026-03-02T00:00:00Z',
    net: '0.01',
  })
  for (const results of [
    [early, late],
    [late, early],
  ]) {
    expect(labelsOf(facts({ results }), SELECTION).realised).toMatchObject({
      class: 'approve',
      ends_at: '2026-03-02T00:00:00Z',
    })
  }
})

test.each<[string, object, string | null]>([
  ['a gate of the order', { outcomes: [DENIED] }, 'veto'],
  ['a gate of the order, the advice being a veto', { outcomes: [DENIED], advice: { verdict: 'veto' } }, 'veto'],
  ['a gate of the order as it was adjusted', { outcomes: [DENIED], advice: { verdict: 'adjust' } }, null],
  ['a gate of the advice', { outcomes: [{ ...DENIED, gate: 'advice-veto' }] }, null],
  ['a control', { outcomes: [{ ...DENIED, gate: 'controls' }] }, null],
  ['no gate', { outcomes: [{ gate: 'order-notional', passed: true, evidence: {} }] }, null],
])('labelsOf() when %s denied', (_who, record, label) => {
  expect(labelsOf(facts({ record: sampleRecord(record as never) }), SELECTION).gates?.class ?? null).toBe(label)
})

test('labelsOf() hears people before desk rules, the last word of each, and nobody when they differ', () => {
  expect(feedbackClass({ label: 'escalate' })).toBe('veto')
  expect(feedbackClass({ label: 'veto' }, { label: 'approve', source: PERSON })).toBe('approve')
  const later = { known_at: '2026-02-27T16:00:00Z' }
  expect(feedbackClass({ label: 'veto', source: PERSON }, { label: 'adjust', source: PERSON, ...later })).toBe('adjust')
  expect(feedbackClass({ label: 'adjust', source: PERSON, ...later }, { label: 'veto', source: PERSON })).toBe('adjust')
  expect(
    feedbackClass({ label: 'veto', source: PERSON }, { label: 'approve', source: { kind: 'person', id: 'bob' } }),
  ).toBeNull()
  expect(
    feedbackClass({ label: 'veto', source: PERSON }, { label: 'abstain', source: { kind: 'person', id: 'bob' } }),
  ).toBe('veto')
})

test('chosenLabel() takes the first basis that has a label, and labelsEndAt() the last instant of all', () => {
  const record = sampleRecord({ outcomes: [DENIED] })
  const labels = labelsOf(
    { record, results: [sampleResult({ net: '0' })], feedback: [sampleFeedback({ label: 'approve' })] },
    SELECTION,
  )
  expect(chosenLabel(labels, ['feedback', 'gates'])).toEqual({ label: 'approve', basis: 'feedback' })
  expect(chosenLabel(labels, ['realised', 'gates', 'feedback'])).toEqual({ label: 'veto', basis: 'gates' })
  expect(chosenLabel(labels, ['realised', 'counterfactual'])).toBeNull()
  expect(labelsEndAt(labels)).toBe('2026-02-28T15:32:00Z')
})

test.each([
  ['2025-06-30T23:59:59.999Z', '2025-06-30', true],
  ['2025-07-01T00:00:00Z', '2025-06-30', false],
  ['2099-01-01T00:00:00Z', null, true],
])('isContaminated() of %s with a cut-off of %s: %s', (decidedAt, cutoff, expected) => {
  expect(isContaminated(decidedAt, cutoff)).toBe(expected)
})
