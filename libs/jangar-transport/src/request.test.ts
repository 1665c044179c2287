import { expect, test } from 'vitest'

import { buildGatewayRequest } from './request.ts'

const request = { model: 'gpt-5.3-codex-spark', messages: [{ role: 'user', content: 'hello' }] } as const

test('buildGatewayRequest() writes the four members the gateway reads and nothing else', () => {
  expect(JSON.parse(buildGatewayRequest(request, null).body)).toStrictEqual({
    model: 'gpt-5.3-codex-spark',
    messages: [{ role: 'user', content: 'hello' }],
    stream: true,
    stream_options: { include_usage: true, include_plan: false },
  })
})

test('buildGatewayRequest() authorises only with a key', () => {
  expect(buildGatewayRequest(request, null).headers).toStrictEqual({
    'content-type': 'application/json',
    accept: 'text/event-stream',
    'accept-encoding': 'identity',
    'x-trade-execution': 'torghut',
  })
  expect(buildGatewayRequest(request, 'k').headers['authorization']).toBe('Bearer k')
})

test('buildGatewayRequest() leaves out members a message should not have', () => {
  const messages = [{ role: 'user' as const, content: 'x', name: null }]
  expect(buildGatewayRequest({ model: 'm', messages }, null).body).not.toContain('null')
})
