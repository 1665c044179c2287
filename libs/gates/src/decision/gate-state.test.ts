import { expect, test } from 'vitest'

import { sampleSubmission } from '../testing/samples.ts'
import { checkGateState } from './gate-state.ts'

test('checkGateState() passes in both modes when the state is there', () => {
  const evidence = { present: true, as_of: '2026-02-27T15:30:50Z' }
  for (const mode of ['paper', 'live'] as const) {
    expect(checkGateState(sampleSubmission(), mode)).toEqual({ gate: 'gate-state', passed: true, evidence })
  }
})

test('checkGateState() states the absence in paper and denies it in live', () => {
  const bare = sampleSubmission({ gate_state: null })
  expect(checkGateState(bare, 'paper')).toEqual({ gate: 'gate-state', passed: true, evidence: { present: false } })
  expect(checkGateState(bare, 'live')).toMatchObject({ passed: false, code: 'gate_state_missing' })
})

test('checkGateState() reads an unknown mode as live and undefined as absent', () => {
  expect(checkGateState(sampleSubmission({ gate_state: undefined }), 'demo' as never).passed).toBe(false)
  expect(checkGateState(null as never, 'paper').passed).toBe(false)
})
