import { expect, test } from 'vitest'

import { SAMPLE_NONCE } from '../testing/samples.ts'
import { extractFramedAnswer, findNonce, frameAnswer } from './frame.ts'

const OTHER_NONCE = 'zyxwvutsrqponmlk'
const FRAMED = frameAnswer('{"verdict":"veto"}', SAMPLE_NONCE)

test('extractFramedAnswer() finds the answer between tool output, plans and limits', () => {
  const content = `\n\`\`\`ts\ncat x.json\n\n{"verdict":"approve"}\n\`\`\`\n${FRAMED}\n> **Rate limits**\n`
  expect(extractFramedAnswer(content, SAMPLE_NONCE)).toEqual({
    ok: true,
    text: '{"verdict":"veto"}',
    repaired: false,
  })
})

test.each(['```json\n{"a":1}\n```', '```\n{"a":1}\n```', '\n```json\n{"a":1}\n```\n'])(
  'extractFramedAnswer() takes the code fence off %j and says so',
  (fenced) => {
    const found = extractFramedAnswer(frameAnswer(fenced, SAMPLE_NONCE), SAMPLE_NONCE)
    expect(found).toEqual({ ok: true, text: '{"a":1}', repaired: true })
  },
)

test('extractFramedAnswer() trims white space inside the markers', () => {
  const found = extractFramedAnswer(frameAnswer('\n {} \n', SAMPLE_NONCE), SAMPLE_NONCE)
  expect(found).toEqual({ ok: true, text: '{}', repaired: false })
})

test.each([
  ['nothing', '', 'answer_missing'],
  ['a bare JSON object', '{"verdict":"approve"}', 'answer_missing'],
  ['the frame of another call', frameAnswer('{}', OTHER_NONCE), 'answer_missing'],
  ['two frames', FRAMED + FRAMED, 'answer_ambiguous'],
  ['a second opening marker', `<answer-${SAMPLE_NONCE}>${FRAMED}`, 'answer_ambiguous'],
  ['a second closing marker', `${FRAMED}</answer-${SAMPLE_NONCE}>`, 'answer_ambiguous'],
  ['a closing marker that lost its slash', FRAMED.replace('</', '<'), 'answer_ambiguous'],
  ['no closing marker', FRAMED.slice(0, -1), 'answer_altered'],
  ['no opening marker', FRAMED.slice(1), 'answer_altered'],
  ['markers in the wrong order', `</answer-${SAMPLE_NONCE}>{}<answer-${SAMPLE_NONCE}>`, 'answer_altered'],
  ['a list', frameAnswer('[]', SAMPLE_NONCE), 'answer_altered'],
  ['a fence with words before it', frameAnswer('Here:\n```json\n{}\n```', SAMPLE_NONCE), 'answer_altered'],
  ['a fence that is not closed', frameAnswer('```json\n{}', SAMPLE_NONCE), 'answer_altered'],
  ['cut JSON', frameAnswer('{"verdict":"ve', SAMPLE_NONCE), 'answer_altered'],
  ['a limits notice inside', frameAnswer('{"rationale":"a\n> **Rate limits**\nb"}', SAMPLE_NONCE), 'answer_altered'],
  ['too much', frameAnswer(`{"rationale":"${'x'.repeat(65_536)}"}`, SAMPLE_NONCE), 'answer_altered'],
])('extractFramedAnswer() refuses %s', (_name, content, cause) => {
  const found = extractFramedAnswer(content, SAMPLE_NONCE)
  expect(found.ok ? null : found.cause).toBe(cause)
})

test('extractFramedAnswer() says what was wrong with the markers', () => {
  const swapped = `</answer-${SAMPLE_NONCE}>{}<answer-${SAMPLE_NONCE}>`
  const detail = (content: string) => {
    const found = extractFramedAnswer(content, SAMPLE_NONCE)
    return found.ok ? null : found.detail
  }
  expect(detail(swapped)).toBe('The answer markers are in the wrong order')
  expect(detail(FRAMED.slice(1))).toBe('One of the two answer markers is missing')
})

test('extractFramedAnswer() takes 65,536 characters and refuses one more', () => {
  const fill = 'x'.repeat(65_536 - '{"a":""}'.length)
  expect(extractFramedAnswer(frameAnswer(`{"a":"${fill}"}`, SAMPLE_NONCE), SAMPLE_NONCE).ok).toBe(true)
  expect(extractFramedAnswer(frameAnswer(`{"a":"${fill}x"}`, SAMPLE_NONCE), SAMPLE_NONCE).ok).toBe(false)
})

test('findNonce() reads the nonce a prompt asks for and nothing that is not one', () => {
  expect(findNonce(`Put it between <answer-${SAMPLE_NONCE}> and </answer-${SAMPLE_NONCE}>`)).toBe(SAMPLE_NONCE)
  expect(findNonce('<answer-EXAMPLE> <answer-short>')).toBeNull()
})
