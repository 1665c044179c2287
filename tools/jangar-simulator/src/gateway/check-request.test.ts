import { expect, test } from 'vitest'

import { checkRequest as checkAs } from './check-request.ts'
import type { CheckedRequest } from './check-request.ts'
import type { Revision } from './revisions.ts'
import { REVISION_FACTS } from './revisions.ts'

const trade = { 'x-trade-execution': 'torghut' }
const good = { model: 'gpt-5.3-codex-spark', messages: [{ role: 'user', content: 'x' }], stream: true }

test('checkRequest() accepts what the review plane sends', () => {
  const body = { ...good, stream_options: { include_usage: true, include_plan: false } }
  expect(checkRequest(JSON.stringify(body), trade)).toEqual({
    ok: true,
    request: {
      model: 'gpt-5.3-codex-spark',
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
      includeUsage: true,
    },
  })
})

test.each<[string, unknown]>([
  ['temperature', { ...good, temperature: 0, n: 3, tools: [], response_format: null }],
  [
    'members inside stream_options and messages',
    { ...good, stream_options: { x: 1 }, messages: [{ role: 'zzz', tool_call_id: 1 }] },
  ],
])('checkRequest() ignores %s', (_, body) => {
  expect(checkRequest(JSON.stringify(body), trade).ok).toBe(true)
})

test.each<[string, string, unknown, Record<string, string>]>([
  ['invalid_request_error', 'no messages', { model: good.model, stream: true }, trade],
  ['invalid_request_error', 'a null model', { ...good, model: null }, trade],
  ['invalid_request_error', 'null stream options', { ...good, stream_options: null }, trade],
  [
    'invalid_request_error',
    'a null name',
    { ...good, messages: [{ role: 'user', content: 'x', name: null }] },
    trade,
  ],
  [
    'invalid_request_error',
    'an include_usage that is no boolean',
    { ...good, stream_options: { include_usage: 1 } },
    trade,
  ],
  ['messages_required', 'an empty list', { ...good, messages: [], model: 'unknown' }, trade],
  [
    'deprecated_trade_execution_header',
    'the old client kind',
    good,
    { 'x-jangar-client-kind': 'trade-execution' },
  ],
  ['invalid_trade_execution_header', 'another trade header', good, { 'x-trade-execution': 'other' }],
  ['invalid_trade_execution_header', 'an empty trade header', good, { 'x-trade-execution': '' }],
  ['model_required', 'a trade call without model', { messages: good.messages, stream: true }, trade],
  ['model_not_found', 'an unknown model', { ...good, model: 'openai/gpt-5.3-codex-spark' }, trade],
  ['model_not_found', 'an empty model', { ...good, model: '' }, {}],
])('checkRequest() answers %s to %s', (code, _, body, headers) => {
  expect(checkRequest(JSON.stringify(body), headers)).toMatchObject({
    ok: false,
    refusal: { status: 400, code, asStream: true },
  })
})

test('checkRequest() reports the first failure only, in the order of the gateway', () => {
  const everythingWrong = { model: 'unknown', messages: [], stream: true }
  expect(checkRequest(JSON.stringify(everythingWrong), { 'x-trade-execution': 'no' })).toMatchObject({
    refusal: { code: 'messages_required' },
  })
})

test.each(['{', '[1]', '"text"', 'null'])(
  'checkRequest() answers %s as a stream, whatever was wanted',
  (body) => {
    expect(checkRequest(body, trade)).toMatchObject({ ok: false, refusal: { asStream: true } })
  },
)

test('checkRequest() reads the trade header without regard to case and space', () => {
  expect(checkRequest(JSON.stringify(good), { 'x-trade-execution': ' Torghut ' }).ok).toBe(true)
})

test('checkRequest() takes any stream but true as no stream, and the default model without the header', () => {
  for (const stream of [false, null, 'true', 1, undefined]) {
    const checked = checkRequest(JSON.stringify({ messages: good.messages, stream }), {})
    expect(checked).toMatchObject({ ok: true, request: { stream: false, model: 'gpt-5.3-codex' } })
  }
})

test('checkRequest() flattens content parts and reads missing content as nothing', () => {
  const messages = [
    { role: 'user', content: [{ type: 'text', text: 'a' }, 'b', 5, null, { content: 'c' }] },
    { role: 'user' },
  ]
  expect(checkRequest(JSON.stringify({ ...good, messages }), trade)).toMatchObject({
    ok: true,
    request: {
      messages: [
        { role: 'user', content: 'ab5c' },
        { role: 'user', content: '' },
      ],
    },
  })
})

test('checkRequest() of R1 wants a stream, before it looks at headers and model', () => {
  for (const stream of [false, null, 'true', undefined]) {
    const body = JSON.stringify({ ...good, model: 'unknown', stream })
    expect(checkRequest(body, { 'x-trade-execution': 'no' }, 'R1')).toMatchObject({
      refusal: { code: 'stream_required', asStream: true },
    })
  }
  expect(checkRequest(JSON.stringify({ ...good, messages: [], stream: false }), trade, 'R1')).toMatchObject({
    refusal: { code: 'messages_required' },
  })
  expect(checkRequest(JSON.stringify(good), trade, 'R1').ok).toBe(true)
})

test('checkRequest() of R3 knows other models', () => {
  expect(checkRequest(JSON.stringify(good), trade, 'R3')).toMatchObject({ refusal: { code: 'model_not_found' } })
  expect(checkRequest(JSON.stringify({ ...good, model: 'gpt-5.6-sol' }), trade, 'R3').ok).toBe(true)
})

test('checkRequest() of R3 takes 1,048,576 characters of prompt and refuses one more; the others take both', () => {
  const prompt = (length: number): string => {
    const content = 'x'.repeat(length - 'user: '.length)
    return JSON.stringify({ messages: [{ role: 'user', content }], stream: true })
  }
  expect(checkRequest(prompt(1_048_576), {}, 'R3').ok).toBe(true)
  expect(checkRequest(prompt(1_048_577), {}, 'R3')).toMatchObject({ refusal: { code: 'input_too_large' } })
  for (const revision of ['R1', 'R2'] as const) expect(checkRequest(prompt(1_048_577), {}, revision).ok).toBe(true)
})

function checkRequest(body: string, headers: Record<string, string>, revision: Revision = 'R2'): CheckedRequest {
  return checkAs(body, headers, { revision, models: REVISION_FACTS[revision].models })
}
