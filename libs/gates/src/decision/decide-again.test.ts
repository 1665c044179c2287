import { canonicalJson } from '@torghut/contracts'
import type { DecisionBasis } from '@torghut/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { anyEvidence } from '../testing/arbitraries.ts'
import { runs } from '../testing/property-settings.ts'
import { DECIDED_AT, sampleAdvice, sampleControl, samplePolicy, sampleSubmission } from '../testing/samples.ts'
import { controlsInForce } from './controls.ts'
import { decideAgain } from './decide-again.ts'
import { settleVerdict } from './settle-verdict.ts'

test('decideAgain() settles a stored review to the same bytes', () => {
  fc.assert(
    fc.property(anyEvidence, (evidence) => {
      const { submission, advice, fallbackCause, llmSkipped, stage, policy, controls } = evidence
      const names = ['force_deterministic', 'halt_new_risk', 'throttle'] as const
      const basis: DecisionBasis = {
        decided_at: evidence.decidedAt,
        mandatory_roles: [...evidence.mandatoryRoles],
        controls: {
          as_of: controls.asOf,
          age_ms: controls.ageMs,
          in_force: names.flatMap((name) => controlsInForce(name, submission, controls)),
        },
        durable: evidence.durable,
      }
      const stored = { submission, advice, fallbackCause, llmSkipped, basis, stage, policy }
      const again = decideAgain(JSON.parse(JSON.stringify(stored)) as typeof stored)
      expect(canonicalJson(again)).toBe(canonicalJson(settleVerdict(evidence)))
    }),
    runs(500),
  )
})

test('decideAgain() judges by the controls and the instant of the row', () => {
  const stored = {
    submission: sampleSubmission(),
    advice: sampleAdvice(),
    fallbackCause: null,
    llmSkipped: null,
    stage: 'paper',
    policy: samplePolicy(),
  } as const
  const basis = { decided_at: DECIDED_AT, mandatory_roles: [], durable: true }
  const quiet = { as_of: DECIDED_AT, age_ms: 400, in_force: [] }
  expect(decideAgain({ ...stored, basis: { ...basis, controls: quiet } })).toMatchObject({ verdict: 'approve', reason: null })
  const halted = { ...quiet, in_force: [sampleControl()] }
  expect(decideAgain({ ...stored, basis: { ...basis, controls: halted } }).reason).toBe('new_risk_halted')
  const late = { ...basis, decided_at: '2026-02-27T15:40:00Z', controls: quiet }
  expect(decideAgain({ ...stored, basis: late }).reason).toBe('decision_stale')
})

test('decideAgain() answers holes with a veto', () => {
  const basis = { decided_at: '', mandatory_roles: [], controls: { as_of: '', age_ms: null, in_force: [] }, durable: true }
  expect(decideAgain({ basis } as never)).toMatchObject({ verdict: 'veto', reason: 'evidence_unreadable' })
})
