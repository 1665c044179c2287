import type { DeskRuleName } from '@torghut/market-replay/desk-rules'
import { deskLabel } from '@torghut/market-replay/desk-rules'
import { SIGNATURES, describeAnswer, seedArtifact, soloSeedArtifact } from '@torghut/programs'
import { expect, test } from 'vitest'

import { DESK_HANDBOOK, handbook, promptFor } from '../testing/prompts.ts'
import { REALISTIC_MIX, requestUnder } from '../testing/requests.ts'
import type { EntryRule } from '../testing/requests.ts'
import { readPrompt } from './read-prompt.ts'
import { statedRules } from './stated-rules.ts'

const rules = Object.keys(REALISTIC_MIX) as EntryRule[]

test('statedRules() finds none in the seed program, its answer format and its frame rules', () => {
  for (const { instructions } of [...seedArtifact('m').nodes, ...soloSeedArtifact('m').nodes]) {
    expect(statedRules(instructions)).toEqual([])
  }
  for (const { fields } of SIGNATURES.values()) expect(statedRules(describeAnswer(fields))).toEqual([])
  expect(statedRules(readPrompt(promptFor(requestUnder('ordinary-risk')))!.instructions)).toEqual([])
})

test.each(rules)('statedRules() finds exactly %s in the sentence of a handbook', (rule) => {
  expect(statedRules(DESK_HANDBOOK[rule])).toEqual([rule])
})

test.each(rules)('statedRules() finds exactly %s in what the desk itself gives as the reason', (rule) => {
  const { label, reason } = deskLabel(requestUnder(rule))
  expect(statedRules(`${label} when: ${reason}.`)).toEqual([rule])
})

test('statedRules() finds every rule of a handbook, as sentences and as a list', () => {
  expect(new Set(statedRules(handbook))).toEqual(new Set(rules))
  expect(
    new Set(
      statedRules(
        Object.values(DESK_HANDBOOK)
          .map((line) => `- ${line.slice(0, -1)}`)
          .join('\n'),
      ),
    ),
  ).toEqual(new Set(rules))
})

test.each<[string, DeskRuleName]>([
  ['Reject new trades whenever turbulence in the market is extreme.', 'panic-volatility'],
  ['If daily volatility is 0.022 or more, refuse.', 'panic-volatility'],
  ['Block buying an overbought index.', 'chasing-extreme'],
  ['Do not approve longs in a bear market with elevated volatility.', 'long-into-stressed-downtrend'],
  ['Selling into a quiet bull market must be declined.', 'short-against-calm-uptrend'],
  ['Halve the order while volatility\nis elevated.', 'medium-stress'],
  ['An overextended trend calls for half the quantity.', 'overextended-trend'],
  ['Veto when RSI or volatility is missing.', 'evidence-missing'],
  ['Accept orders that reduce an open position.', 'reduces-position'],
])('statedRules() reads meaning, not one wording: %s', (sentence, rule) => {
  expect(statedRules(sentence)).toEqual([rule])
})

test.each([
  ['the effect is negated', 'Never veto because volatility is at a panic level.'],
  ['there is no effect', 'Volatility at a panic level is worth a remark.'],
  ['there is no condition', 'Veto the trade.'],
  ['the effect is another one', 'Approve when volatility is at a panic level.'],
  ['effect and condition stand apart', 'Volatility can be at a panic level. Veto bad trades.'],
  [
    'all words are heaped up',
    'Veto volatility panic extreme raised RSI overbought long downtrend short uptrend calm missing mean far',
  ],
])('statedRules() finds none when %s', (_, text) => {
  expect(statedRules(text)).toEqual([])
})

test('statedRules() cuts a sentence that orders several effects', () => {
  expect(
    statedRules('Veto when volatility is at a panic level, halve the size when volatility is raised.'),
  ).toEqual(['panic-volatility', 'medium-stress'])
})
