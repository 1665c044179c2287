import { expect, test } from 'vitest'

import type { ReviewAdvice } from '@torghut/contracts'

import { toAdvice } from '../committee/to-advice.ts'
import { sampleCommittee } from '../testing/committee.ts'
import { sampleOutput, sampleRequest } from '../testing/samples.ts'
import { ADVICE_CONSTRAINTS, checkConstraints, findBrokenConstraint } from './constraints.ts'

const request = sampleRequest()

function approval(): ReviewAdvice {
  const judge = sampleOutput()
  const { risk_critic: critic } = sampleCommittee()
  const voices = [
    { node: 'risk_critic', role: 'risk_critic', mandatory: true, output: critic },
    { node: 'decision_schema', role: 'policy_judge', mandatory: true, output: judge },
  ] as const
  return toAdvice(judge, { voices, mandatoryRoles: ['risk_critic', 'policy_judge'], orderQty: '12', calibrator: null })
}

test('findBrokenConstraint() finds nothing in an approval everybody assents to', () => {
  expect(findBrokenConstraint(approval(), request)).toBeNull()
  expect(checkConstraints(approval(), request).map(({ id, passed }) => [id, passed])).toEqual(
    ADVICE_CONSTRAINTS.map(({ id }) => [id, true]),
  )
})

test.each(['veto', 'abstain', 'escalate'] as const)('findBrokenConstraint() finds a trade that passed over a mandatory %s', (verdict) => {
  for (const role of ['risk_critic', 'policy_judge'] as const) {
    const advice = approval()
    advice.committee!.roles[role]!.verdict = verdict
    expect(findBrokenConstraint(advice, request)).toMatch(/^trade_needs_assent: /)
    expect(findBrokenConstraint({ ...advice, verdict: 'adjust', adjusted_qty: '1' }, request)).toMatch(/^trade_needs_assent: /)
    expect(findBrokenConstraint({ ...advice, verdict: 'veto' }, request)).toBeNull()
  }
})

test('findBrokenConstraint() finds a trade whose mandatory member, or whole committee, is missing', () => {
  const advice = approval()
  delete advice.committee!.roles.risk_critic
  expect(findBrokenConstraint(advice, request)).toMatch(/^(advice_shape|trade_needs_assent): /)
  expect(findBrokenConstraint({ ...approval(), committee: null }, request)).toMatch(/^trade_needs_assent: /)
})

test.each([['12', null], ['12.00000001', 'qty_never_larger']])('findBrokenConstraint() of %s out of 12 says %s', (qty, id) => {
  const broken = findBrokenConstraint({ ...approval(), verdict: 'adjust', adjusted_qty: qty }, request)
  expect(broken?.split(':')[0] ?? null).toBe(id)
})
