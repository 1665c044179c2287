import { GateOutcome, ReviewedOrder, canonicalJson } from '@torghut/contracts'
import type { ReviewAdvice } from '@torghut/contracts'
import Big from 'big.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { absurdEvidence, anyAdvice, anyControls, anyEvidence, anyPolicy, anySubmission } from '../testing/arbitraries.ts'
import { runs } from '../testing/property-settings.ts'
import { sampleAdvice } from '../testing/samples.ts'
import { GATE_ORDER } from './gate-order.ts'
import { proveReducing } from './reducing-proof.ts'
import { settleVerdict } from './settle-verdict.ts'
import type { ReviewEvidence, SettledVerdict } from './settle-verdict.ts'

const RANKS = { veto: 0, adjust: 1, approve: 2 } as const

/** An approve nothing can be held against. */
const PERFECT_APPROVE: ReviewAdvice = sampleAdvice({
  confidence: 1,
  calibrated_probabilities: { approve: 1, veto: 0, adjust: 0, abstain: 0, escalate: 0 },
  uncertainty: { score: 0, band: 'low' },
})

test.skipIf(runs(1_000).numRuns < 1_000)('settleVerdict() settles every kind of evidence the generator makes', () => {
  const settled = fc.sample(anyEvidence, { numRuns: 1000, seed: 7 }).map(settleVerdict)
  const verdicts = new Set(settled.map(({ verdict }) => verdict))
  const outcomes = settled.flatMap((item) => item.outcomes)
  const gates = new Set(outcomes.map((outcome) => outcome.gate))
  const denying = new Set(outcomes.filter((outcome) => !outcome.passed).map((outcome) => outcome.gate))
  expect(verdicts).toEqual(new Set(['veto', 'adjust', 'approve']))
  expect(gates).toEqual(new Set(GATE_ORDER))
  const early = ['controls', 'order-shape', 'market-context', 'fast-path', 'advice-veto', 'advice-policy', 'only-tighter']
  expect([...denying]).toEqual(expect.arrayContaining(early))
})

test('settleVerdict() never throws and answers in the shape that is stored, whatever it is given', () => {
  fc.assert(
    fc.property(absurdEvidence, (evidence) => {
      expectStorable(settleVerdict(evidence))
    }),
    runs(1_500),
  )
})

test('settleVerdict() answers garbage with a veto', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), fc.anything(), fc.anything(), (submission, advice, policy, controls) => {
      const evidence = { submission, advice, policy, controls, reducing: proveReducing(submission as never), fallbackCause: null }
      const settled = settleVerdict({ ...evidence, mandatoryRoles: [] } as never)
      expectStorable(settled)
      expect(settled.verdict).toBe('veto')
    }),
    runs(500),
  )
})

test('settleVerdict() never answers above what a perfect approve would get, nor an order above the original', () => {
  fc.assert(
    fc.property(anyEvidence, (evidence) => {
      const settled = settleVerdict(evidence)
      const hypothetical = settleVerdict({ ...evidence, advice: PERFECT_APPROVE, fallbackCause: null })
      expect(RANKS[settled.verdict]).toBeLessThanOrEqual(RANKS[hypothetical.verdict])
      expectNoMoreThanAsked(evidence, settled)
    }),
    runs(2_000),
  )
})

test('settleVerdict() makes every veto of the advice final, under every policy', () => {
  const veto = anyAdvice.map((advice) => ({ ...advice, verdict: 'veto' as const }))
  fc.assert(
    fc.property(anyEvidence, veto, (evidence, advice) => {
      const unproved = { reducing: false, code: 'no_open_position', evidence: {} } as const
      const settled = settleVerdict({ ...evidence, reducing: unproved, advice })
      expect(settled).toMatchObject({ verdict: 'veto', decision: null })
    }),
    runs(2_000),
  )
})

test('settleVerdict() approves unproved orders only when every mandatory member assented', () => {
  fc.assert(
    fc.property(anyEvidence, (evidence) => {
      const { verdict, outcomes } = settleVerdict(evidence)
      if (verdict === 'veto' || outcomes[0]?.gate === 'proved-exit') return
      expect(evidence.fallbackCause).toBeNull()
      const roles = evidence.advice?.committee?.roles ?? {}
      for (const role of evidence.mandatoryRoles) expect(['approve', 'adjust']).toContain(roles[role]?.verdict)
    }),
    runs(2_000),
  )
})

test('settleVerdict() never vetoes a proved exit and never changes it', () => {
  const exits = anySubmission.filter((submission) => proveReducing(submission).reducing)
  fc.assert(
    fc.property(exits, anyEvidence, anyPolicy, anyControls, (submission, evidence, policy, controls) => {
      const settled = settleVerdict({ ...evidence, submission, policy, controls, reducing: proveReducing(submission) })
      const { qty, order_type } = submission.request.decision
      expect(settled).toMatchObject({ verdict: 'approve', reason: null, decision: { qty, order_type } })
    }),
    runs(1_000),
  )
})

/** Stored rows hold the outcomes as canonical JSON, and only an order that parses may be sent. */
function expectStorable({ verdict, reason, decision, outcomes }: SettledVerdict): void {
  for (const outcome of outcomes) expect(GateOutcome.safeParse(outcome).success).toBe(true)
  expect(canonicalJson(outcomes).isWellFormed()).toBe(true)
  const places = outcomes.map((outcome) => (GATE_ORDER as readonly string[]).indexOf(outcome.gate))
  expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b))
  expect(places).not.toContain(-1)
  const firstDenial = outcomes.find((outcome) => !outcome.passed)
  expect(verdict === 'veto').toBe(firstDenial !== undefined)
  if (firstDenial === undefined) expect(ReviewedOrder.safeParse(decision).success).toBe(true)
  else expect([decision, reason]).toEqual([null, firstDenial.code])
}

function expectNoMoreThanAsked({ submission }: ReviewEvidence, { decision }: SettledVerdict): void {
  if (decision === null) return
  const { action, qty, order_type: type } = submission.request.decision
  expect(new Big(decision.qty).lte(qty)).toBe(true)
  expect(new Big(decision.qty).gt(0)).toBe(true)
  const [trigger, moved] = [Number(submission.order?.stop_price), Number(decision.stop_price)]
  if (type.startsWith('stop')) expect(action === 'buy' ? moved >= trigger : moved <= trigger).toBe(true)
  if (type !== 'limit' && type !== 'stop_limit') return
  expect(decision.order_type).toBe(type)
  const [asked, given] = [Number(submission.order?.limit_price), Number(decision.limit_price)]
  expect(action === 'buy' ? given <= asked : given >= asked).toBe(true)
}
