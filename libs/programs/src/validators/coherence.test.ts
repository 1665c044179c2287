import fc from 'fast-check'
import { expect, test } from 'vitest'

import { parseReviewAdvice } from '@torghut/contracts'
import type { Probabilities, ProgramOutput, ReviewRequest } from '@torghut/contracts'

import { toAdvice } from '../committee/to-advice.ts'
import { tradeReview } from '../signature/trade-review.ts'
import { sampleOutput, sampleRequest } from '../testing/samples.ts'

/** The first finding of the checks a trade review has to pass. */
function findIncoherence(output: ProgramOutput, request: ReviewRequest): string | null {
  const errors = tradeReview.checks.filter(({ severity }) => severity === 'error')
  return errors.map(({ find }) => find(output, { request })).find((finding) => finding !== null) ?? null
}

function isStorable(output: ProgramOutput): boolean {
  const voices = [{ node: 'judge', role: 'policy_judge', mandatory: true, output }] as const
  const advice = toAdvice(output, { voices, mandatoryRoles: ['policy_judge'], orderQty: '12', calibrator: null })
  return parseReviewAdvice(advice).ok
}

test('tradeReview.checks finds nothing in a coherent answer', () => {
  expect(findIncoherence(sampleOutput(), sampleRequest())).toBeNull()
})

test('tradeReview.checks takes a sum within 0.02 of one on both sides and nothing further off', () => {
  const bySum = (veto: number) => incoherence({ approve: 0.75, veto, adjust: 0, abstain: 0, escalate: 0 })
  expect([0.2301, 0.25, 0.2699].map(bySum)).toEqual([null, null, null])
  expect([0.2299, 0.2701, 0, 0.7].map(bySum)).toEqual(Array(4).fill('Probabilities do not sum to 1'))
})

test('tradeReview.checks judges a sum of exactly 1.02 as the advice schema does', () => {
  const output = sampleOutput({ probabilities: { approve: 0.75, veto: 0.27, adjust: 0, abstain: 0, escalate: 0 } })
  const storable = isStorable(output)
  expect(findIncoherence(output, sampleRequest()) === null).toBe(storable)
})

test('tradeReview.checks wants the verdict to be the one largest probability', () => {
  const rival = 'Another verdict is at least as probable'
  expect(incoherence({ approve: 0.1, veto: 0.8, adjust: 0.1, abstain: 0, escalate: 0 })).toBe(rival)
  expect(incoherence({ approve: 0.5, veto: 0.5, adjust: 0, abstain: 0, escalate: 0 })).toBe(rival)
  expect(incoherence({ approve: 0.50000001, veto: 0.49999999, adjust: 0, abstain: 0, escalate: 0 })).toBeNull()
})

test.each(['NaN', 'Infinity', '-Infinity'])('tradeReview.checks refuses a probability of %s', (text) => {
  const output = { ...sampleOutput(), probabilities: { ...sampleOutput().probabilities, veto: Number(text) } }
  expect(findIncoherence(output, sampleRequest())).not.toBeNull()
})

test.each(['decision.qty', 'decision', 'positions.0.qty', 'market_context', 'portfolio.exposure_by_symbol.BRK.B'])(
  'tradeReview.checks finds the cited field %s',
  (path) => {
    expect(cited(path)).toBeNull()
  },
)

const ABSENT = [
  'decision.price', 'positions.1.qty', 'positions.length', 'toString',
  'decision.', '.decision', 'decision.qty.0',
]

test.each(ABSENT)('tradeReview.checks finds no field %s', (path) => {
  expect(cited(path)).toBe('Item 1 of "citations" is not a field of the request')
})

test('tradeReview.checks passes no answer whose advice the contract would refuse', () => {
  const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)
  const shares = fc.record({ veto: share, adjust: share, abstain: share, escalate: share })
  fc.assert(
    fc.property(shares, fc.integer({ min: -3, max: 3 }), (others, off) => {
      const rest = others.veto + others.adjust + others.abstain + others.escalate
      const approve = Math.min(1, Math.max(0, Math.round((1 - rest) * 100 + off) / 100))
      const output = { ...sampleOutput(), probabilities: { approve, ...others } }
      if (findIncoherence(output, sampleRequest()) !== null) return
      expect(isStorable(output)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

function incoherence(probabilities: Probabilities): string | null {
  return findIncoherence(sampleOutput({ probabilities }), sampleRequest())
}

function cited(path: string): string | null {
  const base = sampleRequest()
  const request = { ...base, portfolio: { ...base.portfolio, exposure_by_symbol: { 'BRK.B': '1' } } }
  return findIncoherence(sampleOutput({ citations: ['decision.symbol', path] }), request)
}
