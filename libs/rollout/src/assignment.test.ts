import { ROLLOUT_STEPS } from '@torghut/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { candidateShare, isCandidateSubject } from './assignment.ts'
import type { Assignable } from './assignment.ts'

const ROLLOUT: Assignable = { rollout_id: '7d0f7e0c-41b4-4f5c-9a27-6d2c1be7a310', step: '25', state: 'running' }
const subjects = Array.from({ length: 20_000 }, (_, index) => `decision ${index}`)

const chosen = (rollout: Assignable) => subjects.filter((subject) => isCandidateSubject(rollout, subject))

test.each([
  ['shadow', 'running', 0],
  ['10', 'running', 10],
  ['10', 'paused', 10],
  ['75', 'running', 75],
  ['100', 'completed', 100],
  ['100', 'aborted', 0],
  ['50', 'rolled_back', 0],
] as const)('candidateShare() at step %s, %s is %d percent', (step, state, share) => {
  expect(candidateShare({ step, state })).toBe(share)
})

test('isCandidateSubject() takes nobody in shadow and everybody at 100', () => {
  expect(chosen({ ...ROLLOUT, step: 'shadow' })).toEqual([])
  expect(chosen({ ...ROLLOUT, step: '100' })).toEqual(subjects)
})

test.each(['10', '25', '50', '75'] as const)('isCandidateSubject() takes its share of the subjects at %s', (step) => {
  // Four standard deviations of 20,000 draws are at most 1.5 percent.
  expect(Math.abs((chosen({ ...ROLLOUT, step }).length / subjects.length) * 100 - Number(step))).toBeLessThan(1.5)
})

test('isCandidateSubject() never takes the candidate away while a rollout widens', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (rolloutId, subject) => {
      const answers = ROLLOUT_STEPS.map((step) => isCandidateSubject({ ...ROLLOUT, rollout_id: rolloutId, step }, subject))
      expect(answers).toEqual([...answers].sort())
      expect(answers.at(-1)).toBe(true)
    }),
  )
})

test('isCandidateSubject() places subjects anew for every rollout', () => {
  const other = { ...ROLLOUT, rollout_id: '1d0f7e0c-41b4-4f5c-9a27-6d2c1be7a310' }
  const both = chosen(ROLLOUT).filter((subject) => isCandidateSubject(other, subject))
  expect(both.length / subjects.length).toBeGreaterThan(0.04)
  expect(both.length / subjects.length).toBeLessThan(0.09)
})

test('isCandidateSubject() gives the same answer in every process and version', () => {
  const some = subjects.slice(0, 12).map((subject) => (isCandidateSubject(ROLLOUT, subject) ? 1 : 0))
  expect(some.join('')).toMatchInlineSnapshot(`"000010000101"`)
})
