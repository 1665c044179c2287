import { expect, test } from 'vitest'

import {
  DETAIL_LENGTH_MAX,
  connectFailure,
  errorFrameFailure,
  failure,
  httpFailure,
  safeDetail,
  strangeReply,
  violationFailure,
} from './failure.ts'

test.each([
  ['ECONNREFUSED', 'gateway_refused', true],
  ['ENOTFOUND', 'gateway_refused', true],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'gateway_refused', true],
  ['UND_ERR_CONNECT_TIMEOUT', 'gateway_refused', true],
  ['ECONNRESET', 'gateway_reset', true],
  ['UND_ERR_SOCKET', 'gateway_reset', true],
  ['UND_ERR_DESTROYED', 'gateway_reset', false],
  ['HPE_INVALID_CONSTANT', 'gateway_protocol', false],
  ['UND_ERR_HEADERS_OVERFLOW', 'gateway_protocol', false],
])('connectFailure() reads %s as %s', (code, cause, retryable) => {
  expect(connectFailure(Object.assign(new Error('x'), { code }))).toMatchObject({ cause, retryable })
})

test('connectFailure() finds the code in the cause and copes with anything', () => {
  expect(connectFailure(new Error('x', { cause: { code: 'ECONNRESET' } })).cause).toBe('gateway_reset')
  expect(
    connectFailure(Object.assign(new Error('x'), { name: 'HTTPParserError', code: undefined })).cause,
  ).toBe('gateway_protocol')
  for (const odd of [null, undefined, 7, 'text', {}])
    expect(connectFailure(odd).cause).toBe('gateway_refused')
})

test.each([
  [400, false],
  [428, false],
  [429, true],
  [430, false],
  [499, false],
  [500, true],
  [599, true],
])('httpFailure() of status %i is retryable: %s', (status, retryable) => {
  expect(httpFailure(status, [])).toEqual({
    cause: 'gateway_http_error',
    detail: `HTTP ${status}`,
    retryable,
  })
})

test('errorFrameFailure() tries again unless the request itself was at fault', () => {
  const upstream = { type: 'upstream', code: 'serverOverloaded', message: 'x' }
  expect(errorFrameFailure([upstream]).retryable).toBe(true)
  expect(errorFrameFailure([upstream, { ...upstream, type: 'invalid_request_error' }]).retryable).toBe(false)
})

test('errorFrameFailure() names type and code, never the message or text that is no plain word', () => {
  const { detail } = errorFrameFailure([
    { type: 'inter nal\n', code: 'codex_error', message: 'buy 100 AAPL' },
  ])
  expect(detail).toBe('Error frame unreadable/codex_error')
})

test('failure() allows another try for connections and broken streams only', () => {
  const causes = [
    'gateway_refused',
    'gateway_reset',
    'gateway_truncated',
    'gateway_timeout',
    'gateway_stalled',
    'gateway_protocol',
  ] as const
  expect(causes.filter((cause) => failure(cause, '').retryable)).toEqual([
    'gateway_refused',
    'gateway_reset',
    'gateway_truncated',
  ])
})

test('strangeReply() keeps the start of a stranger and only names the errors of a gateway', () => {
  const sample = Buffer.from('<html>')
  expect(strangeReply('HTTP 302 instead of 200', [], sample)).toMatchObject({ sample, retryable: false })
  const failed = strangeReply('JSON', [{ type: 'internal', code: 'codex_error', message: 'x' }], sample)
  expect(failed).toMatchObject({ detail: 'JSON, holding error internal/codex_error', retryable: true })
  expect(failed.sample).toBeUndefined()
})

test('violationFailure() allows another try for a broken stream, not for one that is too much', () => {
  const cause = 'gateway_protocol'
  expect(violationFailure({ kind: 'broken', detail: 'x' })).toMatchObject({ cause, retryable: true })
  expect(violationFailure({ kind: 'excess', detail: 'x' })).toMatchObject({ cause, retryable: false })
})

test('safeDetail() is bounded, printable and hides the key', () => {
  expect(safeDetail('a'.repeat(DETAIL_LENGTH_MAX + 1), null)).toHaveLength(DETAIL_LENGTH_MAX)
  expect(safeDetail('a\nb\u2028c', null)).toBe('a?b?c')
  expect(safeDetail('Error frame internal/secret-key', 'secret-key')).toBe('Error frame internal/[hidden]')
})
