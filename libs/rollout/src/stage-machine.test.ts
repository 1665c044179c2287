import { ROLLOUT_STEPS, RolloutEventName, RolloutState, Stage } from '@torghut/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { isOpen, moveRollout, startRollout, widestStep } from './stage-machine.ts'
import type { RolloutMove, RolloutPosition } from './stage-machine.ts'

const AT: RolloutPosition = { step: '10', state: 'running', target: 'paper' }
const PLAN = { target: 'paper', base: 'a'.repeat(64), candidate: 'b'.repeat(64) } as const

test('startRollout() begins in shadow, and only without another open one and against another artifact', () => {
  expect(startRollout(PLAN, null)).toEqual({ ok: true, step: 'shadow', state: 'running' })
  expect(startRollout(PLAN, AT)).toMatchObject({ ok: false, code: 'illegal_transition' })
  expect(startRollout({ ...PLAN, base: PLAN.candidate }, null)).toMatchObject({ ok: false, code: 'illegal_transition' })
})

test('moveRollout() advances one step at a time and stops at the widest', () => {
  const seen: string[] = []
  for (let at: RolloutPosition = { ...AT, step: 'shadow' }; ; ) {
    seen.push(at.step)
    const next = moveRollout(at, 'advance')
    if (!next.ok) break
    at = { ...at, ...next }
  }
  expect(seen).toEqual([...ROLLOUT_STEPS])
})

test.each([
  ['shadow', 'shadow'],
  ['constrained_live', '25'],
  ['scaled_live', '100'],
  ['paper', '100'],
] as const)('moveRollout() for target %s refuses to go beyond %s', (target, step) => {
  expect(widestStep(target)).toBe(step)
  expect(moveRollout({ ...AT, target, step }, 'advance')).toMatchObject({ ok: false, detail: expect.stringContaining(target) })
})

test.each([
  ['running', 'pause', { ok: true, step: '10', state: 'paused' }],
  ['paused', 'pause', { ok: false }],
  ['paused', 'resume', { ok: true, step: '10', state: 'running' }],
  ['running', 'resume', { ok: false }],
  ['paused', 'advance', { ok: false }],
  ['running', 'hold', { ok: true, step: '10', state: 'running' }],
  ['running', 'complete', { ok: false }],
  ['running', 'abort', { ok: true, step: '10', state: 'aborted' }],
  ['paused', 'abort', { ok: true, step: '10', state: 'aborted' }],
  ['running', 'rollback', { ok: true, step: '10', state: 'rolled_back' }],
  ['paused', 'rollback', { ok: true, step: '10', state: 'rolled_back' }],
] as const)('moveRollout() while %s: %s', (state, move, expected) => {
  expect(moveRollout({ ...AT, state }, move)).toMatchObject(expected)
})

test('moveRollout() completes at the widest step alone, and not while paused', () => {
  expect(moveRollout({ ...AT, step: '100' }, 'complete')).toEqual({ ok: true, step: '100', state: 'completed' })
  expect(moveRollout({ ...AT, step: '75' }, 'complete')).toMatchObject({ ok: false })
  expect(moveRollout({ ...AT, step: '100', state: 'paused' }, 'complete')).toMatchObject({ ok: false })
})

test('moveRollout() leaves what has ended alone, whatever is asked', () => {
  const moves = RolloutEventName.options.filter((name): name is RolloutMove => name !== 'start')
  for (const state of RolloutState.options.filter((name) => !isOpen(name))) {
    for (const move of moves) expect(moveRollout({ ...AT, state }, move).ok).toBe(false)
  }
})

test('moveRollout() never widens by anything but an advance, and never by more than one step', () => {
  const position = fc.record({
    step: fc.constantFrom(...ROLLOUT_STEPS),
    state: fc.constantFrom(...RolloutState.options),
    target: fc.constantFrom(...Stage.options),
  })
  const move = fc.constantFrom(...RolloutEventName.options.filter((name): name is RolloutMove => name !== 'start'))
  fc.assert(
    fc.property(position, move, (from, name) => {
      const to = moveRollout(from, name)
      if (!to.ok) return
      const widened = ROLLOUT_STEPS.indexOf(to.step) - ROLLOUT_STEPS.indexOf(from.step)
      expect(widened).toBe(name === 'advance' ? 1 : 0)
    }),
  )
})
