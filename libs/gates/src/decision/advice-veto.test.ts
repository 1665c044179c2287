import type { CommitteeRole } from '@torghut/contracts'
import { expect, test } from 'vitest'

import type { Changes } from '../testing/samples.ts'
import { probabilitiesFor, sampleAdjust, sampleAdvice } from '../testing/samples.ts'
import { checkAdviceVeto } from './advice-veto.ts'

const CRITICS: CommitteeRole[] = ['risk_critic', 'execution_critic', 'policy_judge']

function answerAfter(changes: Changes, roles = CRITICS): string {
  const outcome = checkAdviceVeto(sampleAdvice(changes), roles, null)
  return outcome.passed ? 'passed' : outcome.code
}

test('checkAdviceVeto() passes an approve and an adjust that every mandatory member supports', () => {
  expect(answerAfter({})).toBe('passed')
  expect(checkAdviceVeto(sampleAdjust(), CRITICS, null).passed).toBe(true)
})

test('checkAdviceVeto() denies a fallback whatever its advice says, and no advice at all', () => {
  const fallback = checkAdviceVeto(sampleAdvice(), CRITICS, 'gateway_timeout')
  expect(fallback).toMatchObject({ code: 'llm_runtime_fallback', evidence: { cause: 'gateway_timeout' } })
  expect(checkAdviceVeto(null, [], 'breaker_open')).toMatchObject({ code: 'llm_runtime_fallback' })
  expect(checkAdviceVeto(null, [], null)).toMatchObject({ code: 'advice_missing' })
  expect(checkAdviceVeto(sampleAdvice(), [], undefined as never).passed).toBe(false)
})

test('checkAdviceVeto() denies a veto before it looks at anything else', () => {
  expect(answerAfter({ verdict: 'veto' })).toBe('llm_veto')
  expect(answerAfter({ verdict: 'veto', committee: null, calibrated_probabilities: null })).toBe('llm_veto')
})

test.each(['veto', 'abstain', 'escalate', 'maybe', undefined])(
  'checkAdviceVeto() denies when any mandatory member says %s',
  (verdict) => {
    for (const role of CRITICS) {
      expect(answerAfter({ [`committee.roles.${role}.verdict`]: verdict })).toBe('llm_committee_mandatory_veto')
    }
  },
)

test('checkAdviceVeto() takes an adjust of a member as assent and does not ask the researcher', () => {
  expect(answerAfter({ 'committee.roles.risk_critic.verdict': 'adjust' })).toBe('passed')
  expect(answerAfter({ 'committee.roles.researcher.verdict': 'veto' })).toBe('passed')
})

test.each([
  { 'committee.roles.risk_critic': undefined },
  { 'committee.roles.risk_critic.schema_error': true },
  { 'committee.roles.risk_critic.schema_error': undefined },
  { 'committee.roles.risk_critic.role': 'researcher' },
  { committee: null },
])('checkAdviceVeto() denies when a mandatory member is absent or invalid: %j', (changes) => {
  expect(answerAfter(changes)).toBe('llm_committee_mandatory_veto')
})

test("checkAdviceVeto() holds the program's list where the trace's is shorter, and the other way round", () => {
  const veto = { 'committee.roles.risk_critic.verdict': 'veto' }
  expect(answerAfter({ ...veto, 'committee.mandatory_roles': [] })).toBe('llm_committee_mandatory_veto')
  expect(answerAfter(veto, [])).toBe('llm_committee_mandatory_veto')
  expect(answerAfter({ ...veto, 'committee.mandatory_roles': [] }, ['policy_judge'])).toBe('passed')
  expect(answerAfter({ committee: null }, [])).toBe('passed')
})

test('checkAdviceVeto() names who did not assent', () => {
  const outcome = checkAdviceVeto(sampleAdvice({ 'committee.roles.policy_judge.verdict': 'abstain' }), CRITICS, null)
  expect(outcome.evidence).toMatchObject({ dissent: [{ role: 'policy_judge', said: 'abstain' }] })
  const absent = checkAdviceVeto(sampleAdvice({ 'committee.roles.risk_critic': undefined }), CRITICS, null)
  expect(absent.evidence).toMatchObject({ dissent: [{ role: 'risk_critic', said: 'missing' }] })
})

test.each([
  [{ veto: 0.8, approve: 0.05 }, 'llm_probabilities_disagree'],
  [{ approve: 0.4, veto: 0.41 }, 'llm_probabilities_disagree'],
  [{ approve: 0.4, veto: 0.4 }, 'passed'],
  [{ approve: 0.41, veto: 0.4 }, 'passed'],
  [{ approve: NaN }, 'llm_probabilities_disagree'],
  [{ escalate: NaN }, 'llm_probabilities_disagree'],
  [{ approve: Infinity }, 'llm_probabilities_disagree'],
  [{ approve: 1.01 }, 'llm_probabilities_disagree'],
  [{ veto: -0.1 }, 'llm_probabilities_disagree'],
  [{ abstain: undefined }, 'llm_probabilities_disagree'],
])('checkAdviceVeto() answers an approve with %j with %s', (changes, answer) => {
  expect(answerAfter({ calibrated_probabilities: { ...probabilitiesFor('approve'), ...changes } })).toBe(answer)
})

test.each(['constructor', '__proto__', 'APPROVE', '', null])('checkAdviceVeto() denies the verdict %j', (verdict) => {
  expect(answerAfter({ verdict })).toBe('llm_probabilities_disagree')
})

test('checkAdviceVeto() denies advice it cannot read', () => {
  expect(answerAfter({ 'committee.mandatory_roles': undefined })).toBe('evidence_unreadable')
  expect(answerAfter({ committee: undefined }, [])).toBe('evidence_unreadable')
  expect(checkAdviceVeto(sampleAdvice(), null as never, null)).toMatchObject({ code: 'evidence_unreadable' })
})
