import { expect, test } from 'vitest'

import { sampleFacts } from '../../testing/pre-trade.ts'
import { denialOf, outcomeOf } from './gate.ts'
import type { Finding, PreTradeGate } from './gate.ts'
import { preTradeOutcomes } from './pre-trade-gates.ts'

/** A gate of one word. */
function gateOf(finding: Finding, changes: Partial<PreTradeGate> = {}): PreTradeGate {
  const about = { gate: 'order-rate', codes: ['too_many'], checks: '', why: '', limits: [], action: '' } as const
  return { about, judge: () => finding, evidence: () => ({ seen: 1 }), ...changes }
}

const throwing = () => {
  throw new RangeError('hole')
}
const unreadable = (evidence: object) => ({ gate: 'order-rate', passed: false, code: 'evidence_unreadable', evidence })
const paper = sampleFacts()
const live = sampleFacts({ 'policy.trading_mode': 'live' })

test.each<[Finding, string | null, string | null]>([
  ['passed', null, null],
  ['breached', 'too_many', 'too_many'],
  ['unreadable', 'evidence_unreadable', 'evidence_unreadable'],
  ['what' as never, 'evidence_unreadable', 'evidence_unreadable'],
  [undefined as never, 'evidence_unreadable', 'evidence_unreadable'],
  ['limit_not_configured', null, 'limit_not_configured'],
  ['gate_state_missing', null, 'gate_state_missing'],
  ['market_context_missing', null, 'market_context_missing'],
])('denialOf() makes of %s in paper %j and in live %j', (finding, inPaper, inLive) => {
  expect([denialOf(gateOf(finding), paper), denialOf(gateOf(finding), live)]).toEqual([inPaper, inLive])
})

test('denialOf() denies without facts, whatever the gate would say', () => {
  expect(denialOf(gateOf('passed'), null)).toBe('evidence_unreadable')
  expect(denialOf(gateOf('gate_state_missing'), null)).toBe('evidence_unreadable')
})

test('outcomeOf() states an absence beside the evidence', () => {
  expect(outcomeOf(gateOf('passed'), paper)).toEqual({ gate: 'order-rate', passed: true, evidence: { seen: 1 } })
  const stated = { seen: 1, stated: 'gate_state_missing' }
  expect(outcomeOf(gateOf('gate_state_missing'), paper)).toEqual({ gate: 'order-rate', passed: true, evidence: stated })
})

test('outcomeOf() denies when judging or telling throws', () => {
  expect(outcomeOf(gateOf('passed', { judge: throwing }), paper)).toEqual(unreadable({ seen: 1 }))
  expect(denialOf(gateOf('passed', { judge: throwing }), paper)).toBe('evidence_unreadable')
  for (const finding of ['passed', 'breached'] as const) {
    expect(outcomeOf(gateOf(finding, { evidence: throwing }), paper)).toEqual(unreadable({ error: 'RangeError' }))
  }
})

test('outcomeOf() tells nothing of facts nobody read', () => {
  expect(outcomeOf(gateOf('passed'), null)).toEqual(unreadable({}))
  for (const { evidence } of preTradeOutcomes(null)) expect(evidence).toEqual({})
})
