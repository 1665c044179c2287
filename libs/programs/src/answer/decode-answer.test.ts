import fc from 'fast-check'
import { expect, test } from 'vitest'

import { AdviceVerdict, Band, OrderType, ProgramOutput } from '@torghut/contracts'

import { SAMPLE_NONCE, sampleOutput } from '../testing/samples.ts'
import { decodeAnswer } from './decode-answer.ts'
import { encodeAnswer, encodeAnswerJson } from './encode-answer.ts'
import { extractFramedAnswer } from './frame.ts'

test('decodeAnswer() reads what encodeAnswer() wrote', () => {
  const order = { adjustedOrderType: 'stop_limit', limitPrice: '182.30' } as const
  const output = sampleOutput({ verdict: 'adjust', adjustedQty: '6.5', ...order })
  const framed = extractFramedAnswer(encodeAnswer(output, SAMPLE_NONCE), SAMPLE_NONCE)
  expect(framed.ok && decodeAnswer(framed.text)).toEqual({ ok: true, output, ignoredKeys: [], strictlyValid: true })
})

test('decodeAnswer() reads back any program output', () => {
  const share = fc.integer({ min: 0, max: 1_000_000 }).map((parts) => parts / 1_000_000)
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter(isStorable)
  const decimal = fc.integer({ min: 1, max: 10_000_000 }).map((cents) => (cents / 100).toFixed(2))
  const outputs = fc.record({
    verdict: fc.constantFrom(...AdviceVerdict.options),
    confidence: share,
    rationale: text,
    rationaleShort: fc.option(text),
    requiredChecks: fc.array(text, { maxLength: 4 }),
    riskFlags: fc.array(text, { maxLength: 4 }),
    adjustedQty: decimal,
    adjustedOrderType: fc.option(fc.constantFrom(...OrderType.options)),
    limitPrice: decimal,
    escalateReason: text,
    uncertaintyBand: fc.constantFrom(...Band.options),
    probabilities: fc.record({ approve: share, veto: share, adjust: share, abstain: share, escalate: share }),
    citations: fc.array(text, { maxLength: 4 }),
  })
  fc.assert(
    fc.property(outputs, (raw) => {
      const output = ProgramOutput.parse(raw)
      expect(decodeAnswer(encodeAnswerJson(output))).toEqual({ ok: true, output, ignoredKeys: [], strictlyValid: true })
    }),
    { numRuns: 300 },
  )
})

test('decodeAnswer() drops unknown keys, names them sorted, and says the answer was not strictly valid', () => {
  const decoded = decodeAnswer(withFields({ zeta: 1, thinking: 'x', 'a\u0085b': null }))
  expect(decoded).toMatchObject({ ok: true, ignoredKeys: ['a?b', 'thinking', 'zeta'], strictlyValid: false })
})

test('decodeAnswer() refuses an answer with a key that needs an escape', () => {
  expect(decodeAnswer(withFields({ 'a\u0007b': null }))).toMatchObject({ ok: false, cause: 'answer_altered' })
})

test('decodeAnswer() names at most 32 unknown keys of at most 64 characters', () => {
  const extra = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`.padEnd(90, 'x'), 1]))
  const decoded = decodeAnswer(withFields(extra))
  expect(decoded.ok && decoded.ignoredKeys.map(({ length }) => length)).toEqual(Array(32).fill(64))
})

test.each([
  ['a number in place of a code', { confidence: 0.64 }],
  ['a plain decimal in place of a code', { confidence: '0.64' }],
  ['a code that lost a digit', { limitPrice: '3.2:a1b8c2d3' }],
  ['a number in place of a quantity', { adjustedQty: 5 }],
  ['null in place of "none"', { adjustedQty: null }],
  ['a missing deciding field', { limitPrice: undefined }],
  ['a missing verdict', { verdict: undefined }],
  ['a missing list of checks', { requiredChecks: undefined }],
  ['a missing list of flags', { riskFlags: undefined }],
  ['an unknown verdict', { verdict: 'hold' }],
  ['a verdict in capitals', { verdict: 'VETO' }],
  ['an inherited name as a verdict', { verdict: 'toString' }],
  ['"none" as a verdict', { verdict: 'none' }],
  ['an unknown band', { uncertaintyBand: 'mid' }],
  ['an order type under its contract name', { adjustedOrderType: 'stop_limit' }],
  ['four probabilities', { probabilities: { approve: '1.0:a1', veto: '1.0:a0', adjust: '1.0:a0', abstain: '1.0:a0' } }],
  ['six probabilities', { probabilities: { ...codes(), hold: '1.0:a0' } }],
  ['a probability as a number', { probabilities: { ...codes(), veto: 0.1 } }],
  ['probabilities as a list', { probabilities: ['1.0:a1'] }],
  ['no probabilities', { probabilities: null }],
])('decodeAnswer() takes %s for an altered answer', (_name, change) => {
  expect(decodeAnswer(withFields(change))).toMatchObject({ ok: false, cause: 'answer_altered' })
})

test('decodeAnswer() refuses a complete answer that names a field twice, even with the same value', () => {
  const answer = encodeAnswerJson(sampleOutput())
  for (const again of ['"verdict":"veto"', '"verdict":"approve"', '"\\u0076erdict":"veto"', '"riskFlags":[]']) {
    const decoded = decodeAnswer(answer.replace('{', `{${again},`))
    expect(decoded).toMatchObject({ ok: false, cause: 'answer_altered', detail: 'The answer names a field twice' })
  }
})

test.each([['[]'], ['null'], ['"veto"'], [''], ['{']])(
  'decodeAnswer() takes %s for an altered answer',
  (text) => {
    expect(decodeAnswer(text)).toMatchObject({ ok: false, cause: 'answer_altered' })
  },
)

test.each([
  ['confidence above 1', { confidence: '1.2:a1b0c1' }, 'confidence: range'],
  ['a probability above 1', { probabilities: { ...codes(), veto: '1.1:a1b1' } }, 'probabilities.veto: range'],
  ['an empty rationale', { rationale: ' ' }, 'rationale: too_short'],
  ['a missing rationale', { rationale: undefined }, 'rationale: missing'],
  ['a rationale that is a list', { rationale: [] }, 'rationale: type'],
  ['a zero quantity', { adjustedQty: '1.0:a0' }, 'adjustedQty: range'],
  ['a zero price', { limitPrice: '1.2:a0b0c0' }, 'limitPrice: range'],
  ['an adjust without quantity', { verdict: 'adjust' }, 'answer: adjusted_qty_required_for_adjust_verdict'],
  ['a limit order without price', { adjustedOrderType: 'limit' }, 'answer: limit_price_required_for_limit_orders'],
  ['an escalate without reason', { verdict: 'escalate' }, 'answer: escalate_reason_required_for_escalate_verdict'],
])('decodeAnswer() refuses %s as invalid advice', (_name, change, detail) => {
  expect(decodeAnswer(withFields(change))).toEqual({ ok: false, cause: 'advice_invalid', detail })
})

test('decodeAnswer() refuses text that cannot be stored', () => {
  expect(decodeAnswer(withFields({ rationale: 'a\u0000b' }))).toMatchObject({ ok: false, cause: 'unsafe_text' })
  expect(decodeAnswer(withFields({ rationale: 'a\ud800b' }))).toMatchObject({ ok: false, cause: 'unsafe_text' })
  expect(decodeAnswer(withFields({ extra: nested(40) }))).toMatchObject({ ok: false, cause: 'advice_invalid' })
})

test('decodeAnswer() keeps its detail within 500 characters and free of the model\'s sentences', () => {
  const list = Array.from({ length: 32 }, () => 'secret '.repeat(40))
  const decoded = decodeAnswer(withFields({ requiredChecks: list, riskFlags: list }))
  const detail = decoded.ok ? '' : decoded.detail
  expect(detail).toHaveLength(500)
  expect(detail).not.toContain('secret')
})

function withFields(change: Record<string, unknown>): string {
  const answer: unknown = JSON.parse(encodeAnswerJson(sampleOutput()))
  return JSON.stringify({ ...(answer as object), ...change })
}

function codes(): Record<string, string> {
  return Object.fromEntries(AdviceVerdict.options.map((verdict) => [verdict, '1.1:a0b2']))
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { deeper: nested(depth - 1) }
}

function isStorable(text: string): boolean {
  return text.trim() !== '' && text.isWellFormed() && !text.includes('\u0000')
}
