import { FailureAnalysis } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { sampleEvalRow } from '../testing/eval-row.ts'
import { failureAnalysis, failureKinds } from './failure-analysis.ts'

test.each([
  [{}, []],
  [{ advice: 'veto' }, ['false_veto']],
  [{ label: 'veto' }, ['missed_veto']],
  [{ label: 'veto', advice: 'escalate' }, []],
  [{ advice: 'adjust' }, ['other_disagreement']],
  [{ label: 'adjust', advice: 'veto' }, ['other_disagreement']],
  [{ firstAnswerValid: false }, ['invalid_first_answer']],
  [
    { advice: null, fallbackCause: 'breaker_open', firstAnswerValid: false },
    ['fallback', 'invalid_first_answer', 'false_veto'],
  ],
  [{ isVoid: true, label: 'veto' }, ['void']],
] as const)('failureKinds() of %j: %j', (changes, kinds) => {
  expect(failureKinds(sampleEvalRow(changes))).toEqual(kinds)
})

test('failureAnalysis() counts how rows failed and lists what cost most first', () => {
  const missed = (rowId: string, net: number) =>
    sampleEvalRow({ rowId, label: 'veto', result: { net, kind: 'realised' } })
  const rows = [
    sampleEvalRow(),
    missed('small', -0.01),
    missed('large', -0.03),
    sampleEvalRow({ rowId: 'none', advice: 'veto' }),
  ]
  const analysis = failureAnalysis(rows, 'a'.repeat(64))
  expect(FailureAnalysis.parse(analysis)).toEqual(analysis)
  expect(analysis).toMatchObject({ rows: 4, failed_rows: 3, by_kind: { missed_veto: 2, false_veto: 1 } })
  expect(analysis.worst.map(({ row_id, regret }) => [row_id, regret])).toEqual([
    ['large', 0.03],
    ['small', 0.01],
    ['none', null],
  ])
  expect(analysis.confusion).toEqual([
    { label: 'approve', answered: 'approve', rows: 1 },
    { label: 'approve', answered: 'veto', rows: 1 },
    { label: 'veto', answered: 'approve', rows: 2 },
  ])
})
