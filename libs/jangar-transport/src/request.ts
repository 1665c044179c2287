import type { CompletionRequest } from '@torghut/contracts'

export interface GatewayRequest {
  body: string
  headers: Record<string, string>
}

/**
 * The one request we send. The gateway ignores every other body member and refuses null in an
 * optional one, so there is nothing else and nothing null. Plans are switched off because they
 * would be written into the answer's text.
 */
export function buildGatewayRequest(request: CompletionRequest, apiKey: string | null): GatewayRequest {
  const body = JSON.stringify({
    model: request.model,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    stream_options: { include_usage: true, include_plan: false },
  })
  return { body, headers: buildHeaders(apiKey) }
}

/**
 * The trade header makes the call stateless; identity keeps compressed bombs and proxy surprises
 * out.
 */
function buildHeaders(apiKey: string | null): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    'accept-encoding': 'identity',
    'x-trade-execution': 'torghut',
    ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
  }
}
