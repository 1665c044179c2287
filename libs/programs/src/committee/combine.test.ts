import fc from 'fast-check'
import { expect, test } from 'vitest'

import { AdviceVerdict } from '@torghut/contracts'
import type { CommitteeRole, ProgramOutput } from '@torghut/contracts'

import { sampleCommittee } from '../testing/committee.ts'
import { sampleOutput } from '../testing/samples.ts'
import { combine } from './combine.ts'
import type { Combined } from './combine.ts'
import { readMember } from './member.ts'
import type { Voice } from './member.ts'

const MANDATORY = ['risk_critic', 'execution_critic', 'policy_judge'] as const
const ORDER_QTY = '12'

const ADJUST = sampleOutput({
  verdict: 'adjust',
  adjustedQty: '6',
  probabilities: { approve: 0.1, veto: 0.1, adjust: 0.7, abstain: 0.05, escalate: 0.05 },
})

function voices(judge: ProgramOutput, critics: { risk?: object; counter?: object; researcher?: object } = {}): Voice[] {
  const answers = sampleCommittee({
    risk_critic: critics.risk ?? {},
    counter_thesis: critics.counter ?? {},
    signal_synthesis: critics.researcher ?? {},
  })
  return [
    { node: 'signal_synthesis', role: 'researcher', mandatory: false, output: answers.signal_synthesis },
    { node: 'counter_thesis', role: 'execution_critic', mandatory: true, output: answers.counter_thesis },
    { node: 'risk_critic', role: 'risk_critic', mandatory: true, output: answers.risk_critic },
    { node: 'decision_schema', role: 'policy_judge', mandatory: true, output: judge },
  ]
}

function combined(judge: ProgramOutput, heard: Voice[], mandatoryRoles: readonly CommitteeRole[] = MANDATORY): Combined {
  return combine(judge, heard.map(readMember), { mandatoryRoles, orderQty: ORDER_QTY })
}

test('combine() lets the judge speak when nobody objects', () => {
  expect(combined(sampleOutput(), voices(sampleOutput()))).toMatchObject({ verdict: 'approve', rule: 'judge' })
  expect(combined(ADJUST, voices(ADJUST))).toMatchObject({ verdict: 'adjust', adjustedQty: '6', rule: 'judge' })
})

test.each(['risk', 'counter'])('combine() takes a veto of the %s critic for the committee\'s', (critic) => {
  for (const judge of [sampleOutput(), ADJUST, sampleOutput({ verdict: 'abstain' })]) {
    expect(combined(judge, voices(judge, { [critic]: { verdict: 'veto' } }))).toMatchObject({ verdict: 'veto', rule: 'mandatory_veto' })
  }
})

test.each(['abstain', 'escalate'])('combine() makes no trade of a mandatory %s, and keeps the judge\'s veto', (verdict) => {
  for (const critic of ['risk', 'counter']) {
    const heard = (judge: ProgramOutput) => voices(judge, { [critic]: { verdict } })
    expect(combined(sampleOutput(), heard(sampleOutput())).verdict).toBe(verdict)
    expect(combined(ADJUST, heard(ADJUST)).verdict).toBe(verdict)
    const veto = sampleOutput({ verdict: 'veto' })
    expect(combined(veto, heard(veto))).toMatchObject({ verdict: 'veto', rule: 'judge' })
  }
})

test('combine() says why it escalates', () => {
  const heard = voices(sampleOutput(), { risk: { verdict: 'escalate', rationaleShort: 'Twice the usual size' } })
  expect(combined(sampleOutput(), heard)).toMatchObject({ escalateReason: 'Twice the usual size', rule: 'mandatory_escalate' })
})

test('combine() does not ask the researcher', () => {
  expect(combined(sampleOutput(), voices(sampleOutput(), { researcher: { verdict: 'veto' } })).verdict).toBe('approve')
})

test.each(MANDATORY)('combine() fails closed when the %s is missing, there twice or unreadable', (role) => {
  const heard = voices(sampleOutput())
  const own = heard.find((voice) => voice.role === role)!
  const closed = { verdict: 'veto', rule: 'mandatory_missing' }
  expect(combined(sampleOutput(), heard.filter((voice) => voice !== own))).toMatchObject(closed)
  expect(combined(sampleOutput(), [...heard, own])).toMatchObject(closed)
  for (const output of [null, 'approve', {}, { verdict: 'approve' }, { ...(own.output as object), verdict: 'APPROVE' }]) {
    expect(combined(sampleOutput(), heard.map((voice) => (voice === own ? { ...own, output } : voice)))).toMatchObject(closed)
  }
})

test.each([
  [1, 'approve', null],
  [0.99999999, 'adjust', '11.99999988'],
  [0.5, 'adjust', '6'],
  [0.33333333, 'adjust', '3.99999996'],
  [0.00000001, 'adjust', '0.00000012'],
  [0, 'veto', null],
])('combine() makes of an approve under a cap of %d: %s', (maxQtyMultiplier, verdict, adjustedQty) => {
  expect(combined(sampleOutput(), voices(sampleOutput(), { risk: { maxQtyMultiplier } }))).toMatchObject({ verdict, adjustedQty })
})

test.each([
  [0.51, '6', 'judge'],
  [0.5, '6', 'judge'],
  [0.49999999, '5.99999988', 'capped'],
  [0.25, '3', 'capped'],
])('combine() cuts an adjust to 6 of 12 under a cap of %d to %s', (maxQtyMultiplier, adjustedQty, rule) => {
  expect(combined(ADJUST, voices(ADJUST, { risk: { maxQtyMultiplier } }))).toMatchObject({ verdict: 'adjust', adjustedQty, rule })
})

test('combine() rounds a cap down where the order has no smaller part', () => {
  const heard = voices(sampleOutput(), { risk: { maxQtyMultiplier: 0.5 } }).map(readMember)
  const result = combine(sampleOutput(), heard, { mandatoryRoles: MANDATORY, orderQty: '0.00000003' })
  expect(result).toMatchObject({ verdict: 'adjust', adjustedQty: '0.00000001', rule: 'capped' })
})

test('combine() caps an approve by the whole order, whatever smaller size it names beside', () => {
  const judge = sampleOutput({ adjustedQty: '3' })
  expect(combined(judge, voices(judge, { risk: { maxQtyMultiplier: 0.5 } }))).toMatchObject({ verdict: 'adjust', adjustedQty: '6' })
})

/** How much an advice lets through: nothing, or a quantity. */
function allowed({ verdict, adjustedQty }: Pick<Combined, 'verdict' | 'adjustedQty'>): number {
  if (verdict === 'approve') return Number(ORDER_QTY)
  return verdict === 'adjust' ? Number(adjustedQty) : 0
}

test('combine() never lets more through than the judge, any critic\'s word or the cap', () => {
  const verdict = fc.constantFrom(...AdviceVerdict.options)
  const percent = fc.integer({ min: 0, max: 100 })
  const qty = fc.integer({ min: 1, max: 12 }).map(String)
  fc.assert(
    fc.property(verdict, verdict, verdict, percent, qty, fc.boolean(), (judged, risk, counter, capPercent, adjustedQty, isNamed) => {
      const maxQtyMultiplier = capPercent / 100
      const judge = { ...sampleOutput(), verdict: judged, adjustedQty: judged === 'adjust' || isNamed ? adjustedQty : null }
      const result = combined(judge, voices(judge, { risk: { verdict: risk, maxQtyMultiplier }, counter: { verdict: counter } }))
      expect(allowed(result)).toBeLessThanOrEqual(allowed(judge))
      expect(Math.round(allowed(result) * 1e8)).toBeLessThanOrEqual(12 * capPercent * 1e6)
      const refused = [risk, counter].some((said) => said !== 'approve' && said !== 'adjust')
      if (refused) expect(allowed(result)).toBe(0)
      if ([judged, risk, counter].includes('veto')) expect(result.verdict).toBe('veto')
    }),
    { numRuns: 2_000 },
  )
})
