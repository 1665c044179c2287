import type { ProgramOutput } from '@torghut/contracts'
import { loadRecordings } from '@torghut/jangar-transport/testing'
import {
  BAND_WORDS,
  NONE_WORD,
  ORDER_TYPE_WORDS,
  VERDICT_WORDS,
  decodeAnswer,
  decodeDecimal,
  encodeAnswer,
  encodeDecimal,
  extractFramedAnswer,
  nonceFrom,
} from '@torghut/programs'
import { SAMPLE_NONCE, deletions, sampleOutput } from '@torghut/programs/testing'
import { expect, test } from 'vitest'

import { outlineReader } from './support/answer-reader.ts'
import { rankOf } from './support/fault-cases.ts'
import { reachableStates, reachableTexts } from './support/gateway-rule.ts'
import { checksAsJudged, decidingValues } from './support/review-prompt.ts'

const recordings = loadRecordings()

/** Every probability a model is asked for, every quantity up to 2,000, and prices full of repetitions. */
const DECIMALS = [
  ...Array.from({ length: 101 }, (_, index) => (index / 100).toFixed(2)),
  ...Array.from({ length: 2_000 }, (_, index) => String(index + 1)),
  ...['111.11', '1111111.11', '11111111111.11', '182.30', '10101010.10', '99999999999999999999.99999999'],
]

test('reachableTexts() is the rule as it is: a delta equal to the one before is dropped', () => {
  expect(reachableTexts('aab')).toEqual(new Set(['aab', 'ab']))
  // Two letters of three cannot be lost one at a time: "a", "a", "a" leaves one, every other cut all three.
  expect(reachableTexts('aaa')).toEqual(new Set(['aaa', 'a']))
  expect(reachableTexts('abab')).toEqual(new Set(['abab', 'ab']))
})

test('reachableTexts() finds exactly what trying every cut of a short text finds', () => {
  for (let bits = 0; bits < 2 ** 9; bits += 1) {
    const text = Array.from({ length: 9 }, (_, at) => ((bits >> at) & 1 ? 'a' : 'b')).join('')
    expect(reachableTexts(text)).toEqual(new Set(everyCut(text).map(withoutRepeats)))
  }
})

test.skipIf(recordings.length === 0)('reachableTexts() explains the recorded loss', () => {
  const { expected } = recordings.find(({ id }) => id === 's30-duplicate-delta-loss')!
  const received = String(expected.content)
  const sent = received.replace('0.71', '0.7171').replace('"100"', '"100100"')
  expect(sent.length).toBe(received.length + 5)
  expect(reachableTexts(sent)).toContain(received)
})

test('no code reads as another number, however the gateway cuts it and whatever it drops', () => {
  for (const text of DECIMALS) {
    const read = Array.from(reachableTexts(encodeDecimal(text)), decodeDecimal).filter((found) => found !== null)
    expect(new Set(read)).toEqual(new Set([decodeDecimal(encodeDecimal(text))]))
  }
})

test('a plain number would read as another one', () => {
  expect(reachableTexts('0.7171')).toContain('0.71')
  expect(reachableTexts('100100')).toContain('100')
})

test('no deciding word reads as another word', () => {
  for (const words of [VERDICT_WORDS, BAND_WORDS, ORDER_TYPE_WORDS]) {
    const list: string[] = [...Object.values(words), NONE_WORD]
    for (const word of list) {
      const others = list.filter((other) => other !== word)
      expect(others.filter((other) => reachableTexts(word).has(other))).toEqual([])
    }
  }
})

const OUTPUTS: [string, ProgramOutput][] = [
  ['an approve', sampleOutput()],
  [
    'an adjust with every field set and repeated digits',
    sampleOutput({
      verdict: 'adjust',
      confidence: 1,
      adjustedQty: '1111111.11',
      adjustedOrderType: 'stop_limit',
      limitPrice: '1111111.11',
      probabilities: { approve: 0.11, veto: 0.11, adjust: 0.56, abstain: 0.11, escalate: 0.11 },
    }),
  ],
  ['texts that look like an answer', sampleOutput({ rationale: 'aa "verdict":"approve", {"verdict":"veto"} \\" aa' })],
  [
    'lists that repeat themselves',
    sampleOutput({ riskFlags: ['a', 'a', 'a', 'x', 'x'], citations: ['decision.qty', 'decision.qty'] }),
  ],
  ['equal checks', sampleOutput({ requiredChecks: ['risk_engine', 'risk_engine', 'order_firewall'] })],
  ['a check nobody knows', sampleOutput({ requiredChecks: ['human_signoff'], verdict: 'veto' })],
  ['an escalate', sampleOutput({ verdict: 'escalate', escalateReason: 'tt ee oo "none" none' })],
  ...Array.from({ length: 6 }, (_, index): [string, ProgramOutput] => [`any answer ${index + 1}`, anyOutput(index)]),
]

test.each(OUTPUTS)('no cut of a whole framed answer changes what it decides: %s', (_, output) => {
  const { accepted, outlines } = outcomes(encodeAnswer(output, SAMPLE_NONCE), SAMPLE_NONCE)
  expect(outlines).toBeGreaterThan(1)
  expect(accepted.length).toBeGreaterThan(0)
  for (const read of accepted) expectSame(read, output)
})

test('the outlines of an answer are those of all its reachable texts, where these can be listed', () => {
  const json = '{"verdict":"veto","riskFlags":["aa"],"rationale":"bb"}'
  const reader = outlineReader()
  const outlineOf = (text: string) =>
    Array.from(text).reduce((state, letter) => reader.step(state, letter), reader.start)
  const listed = new Set(Array.from(reachableTexts(json), outlineOf))
  expect(reachableStates(json, reader)).toEqual(listed)
})

test('a whole answer in plain numbers would change what it decides', () => {
  const plain = '<answer-n>{"verdict":"adjust","confidence":0.7171,"adjustedQty":"100100"}</answer-n>'
  const texts = Array.from(reachableStates(plain, outlineReader()), ({ text }) => text)
  expect(texts).toContain(plain.replace('0.7171', '0.71').replace('100100', '100'))
})

test('a frame that is no square of its own cannot lose a marker: every nonce keeps them apart', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const nonce = nonceFrom(Uint8Array.from({ length: 16 }, (_, at) => Math.floor(rankOf(`${seed}-${at}`) * 256)))
    const reached = reachableTexts(`<answer-${nonce}>{}</answer-${nonce}>`)
    for (const text of reached) {
      const framed = extractFramedAnswer(text, nonce)
      expect(framed.ok ? framed.text : '{}').toBe('{}')
    }
  }
})

test.each(OUTPUTS)('no loss of 1 to 5 neighbours changes what a whole answer decides: %s', (_, output) => {
  for (const text of deletions(encodeAnswer(output, SAMPLE_NONCE), 5)) {
    const read = readFramed(text, SAMPLE_NONCE)
    if (read !== null) expectSame(read, output)
  }
})

/** All ways to cut a text into deltas. */
function everyCut(text: string): string[][] {
  return Array.from({ length: 2 ** (text.length - 1) }, (_, cuts) =>
    Array.from(text).reduce<string[]>((deltas, letter, at) => {
      if (at === 0 || (cuts >> (at - 1)) & 1) return [...deltas, letter]
      return [...deltas.slice(0, -1), `${deltas.at(-1)}${letter}`]
    }, []),
  )
}

function withoutRepeats(deltas: readonly string[]): string {
  return deltas.filter((delta, index) => delta !== deltas[index - 1]).join('')
}

function outcomes(text: string, nonce: string): { accepted: ProgramOutput[]; outlines: number } {
  const states = [...reachableStates(text, outlineReader())]
  const whole = states.filter(({ mode }) => mode === 'plain')
  const accepted = whole.map((state) => readFramed(state.text, nonce)).filter((output) => output !== null)
  return { accepted, outlines: states.length }
}

function readFramed(text: string, nonce: string): ProgramOutput | null {
  const framed = extractFramedAnswer(text.trim(), nonce)
  if (!framed.ok) return null
  const decoded = decodeAnswer(framed.text)
  return decoded.ok ? decoded.output : null
}

function expectSame(read: ProgramOutput, own: ProgramOutput): void {
  const decides = (output: ProgramOutput): string => JSON.stringify([decidingValues(output)])
  if (decides(read) !== decides(own)) expect.fail(`Damage went unseen: ${decides(read)}`)
  const allowed = [checksAsJudged(own), 'veto'].map((checks) => JSON.stringify(checks))
  const checks = JSON.stringify(checksAsJudged(read))
  if (!allowed.includes(checks)) expect.fail(`A check was lost: ${checks}`)
}

/** An output made from its number: all verdicts, bands and order types come up, with digits that repeat often. */
function anyOutput(index: number): ProgramOutput {
  const dice = (purpose: string, sides: number): number => Math.floor(rankOf(`${index} ${purpose}`) * sides)
  const verdict = (['approve', 'veto', 'adjust', 'abstain', 'escalate'] as const)[index % 5] ?? 'veto'
  const digits = (purpose: string, count: number): string =>
    Array.from({ length: count }, (_, at) => String(1 + dice(`${purpose}${at}`, 2))).join('')
  return sampleOutput({
    verdict,
    confidence: (50 + dice('confidence', 50)) / 100,
    adjustedQty: digits('qty', 1 + dice('qty', 6)),
    adjustedOrderType: (['limit', 'market', 'stop', 'stop_limit', null] as const)[dice('type', 5)] ?? null,
    limitPrice: `${digits('price', 3)}.${digits('cents', 2)}`,
    escalateReason: 'a person has to look',
    uncertaintyBand: (['low', 'medium', 'high'] as const)[dice('band', 3)] ?? 'low',
    rationale: `Losses ${digits('text', 12)}; assess committee's full access.`,
    riskFlags: ['spread', 'spread', digits('flag', 4)],
  })
}
