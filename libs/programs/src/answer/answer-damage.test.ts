import { expect, test } from 'vitest'

import type { ProgramOutput } from '@torghut/contracts'

import { deletions, dropRepeats } from '../testing/damage.ts'
import { SAMPLE_NONCE, sampleOutput } from '../testing/samples.ts'
import { decodeAnswer } from './decode-answer.ts'
import { encodeAnswer } from './encode-answer.ts'
import { extractFramedAnswer } from './frame.ts'

const OUTPUTS: [string, ProgramOutput][] = [
  ['approve', sampleOutput()],
  [
    'adjust with every field set and repeated digits everywhere',
    sampleOutput({
      verdict: 'adjust',
      confidence: 1,
      adjustedQty: '1111111.11',
      adjustedOrderType: 'stop_limit',
      limitPrice: '1111111.11',
      probabilities: { approve: 0.11, veto: 0.11, adjust: 0.56, abstain: 0.11, escalate: 0.11 },
      rationale: 'aa {"verdict":"approve"} aa',
      riskFlags: ['a', 'a', 'a'],
    }),
  ],
  [
    'veto with equal probabilities in a row',
    sampleOutput({
      verdict: 'veto',
      confidence: 0.333,
      probabilities: { approve: 0, veto: 1, adjust: 0, abstain: 0, escalate: 0 },
      adjustedOrderType: 'market',
      uncertaintyBand: 'high',
    }),
  ],
]

test.each(OUTPUTS)('an answer that lost a repeated piece is refused or decides the same: %s', (_name, output) => {
  const damaged = dropRepeats(encodeAnswer(output, SAMPLE_NONCE))
  expect(damaged.length).toBeGreaterThan(0)
  for (const text of damaged) expectSameOrRefused(text, output)
})

test.each(OUTPUTS)('an answer that lost 1 to 5 neighbours is refused or decides the same: %s', (_name, output) => {
  for (const text of deletions(encodeAnswer(output, SAMPLE_NONCE), 5)) expectSameOrRefused(text, output)
})

function expectSameOrRefused(text: string, output: ProgramOutput): void {
  const framed = extractFramedAnswer(text, SAMPLE_NONCE)
  const decoded = framed.ok ? decodeAnswer(framed.text) : null
  if (decoded?.ok !== true) return
  if (JSON.stringify(deciding(decoded.output)) === JSON.stringify(deciding(output))) return
  expect.fail(`Damage went unseen: ${text}`)
}

function deciding(output: ProgramOutput): unknown[] {
  const { verdict, confidence, probabilities, adjustedQty, adjustedOrderType, limitPrice, uncertaintyBand } = output
  return [verdict, confidence, probabilities, adjustedQty, adjustedOrderType, limitPrice, uncertaintyBand]
}
