import { expect, test } from 'vitest'

import { loggedError } from './logged-error.ts'

test('loggedError() tells class, code, message, frames and causes, and no other field', () => {
  const cause = Object.assign(new TypeError('inner'), { code: '23505', detail: 'Key (equity)=(918273) exists', parameters: ['918273'] })
  const told = loggedError(new Error('outer', { cause }))
  expect(told).toMatchObject({ type: 'Error', message: 'outer', cause: { type: 'TypeError', code: '23505', message: 'inner' } })
  expect(told.stack[0]).toMatch(/^at .*logged-error\.test\.ts/)
  expect(JSON.stringify(told)).not.toContain('918273')
})

test.each([
  ['Failed query: insert into a values ($1)\nparams: 918273,\nsecret', 'Failed query: insert into a values ($1)\nparams: [redacted]'],
  ['Cannot reach postgres://app:secret@db:5432/x', 'Cannot reach postgres://app:[redacted]@db:5432/x'],
  ['Sent "authorization: Bearer secret-key"', 'Sent "authorization: Bearer [redacted]"'],
])('loggedError() hides what "%s" quotes, in the message and in the stack', (message, safe) => {
  const told = loggedError(new Error(message))
  expect(told.message).toBe(safe)
  expect(JSON.stringify(told)).not.toContain('secret')
})

test('loggedError() cuts a message at 500 characters and ends a ring of causes', () => {
  const ring = new Error('x'.repeat(501))
  ring.cause = ring
  const told = loggedError(ring)
  expect(told.message).toHaveLength(500)
  expect(JSON.stringify(told).match(/"type"/g)).toHaveLength(5)
})

test('loggedError() tells nothing of what is no error', () => {
  expect(loggedError('secret')).toEqual({ type: 'string', message: 'What was thrown is no error', stack: [] })
})
