import type { IncomingHttpHeaders } from 'node:http'

import { z } from 'zod'

import type { Refusal } from './replies.ts'
import type { Revision } from './revisions.ts'
import { REVISION_FACTS } from './revisions.ts'

export interface ChatRequest {
  model: string
  messages: { role: string; content: string }[]
  stream: boolean
  includeUsage: boolean
}

export type CheckedRequest = { ok: true; request: ChatRequest } | { ok: false; refusal: Refusal }

/** Checks a request as the revision does and in its order; only the first failure is reported. */
export function checkRequest(
  body: string,
  headers: IncomingHttpHeaders,
  { revision, models }: { revision: Revision; models: readonly string[] },
): CheckedRequest {
  const { streamOnly, promptLengthMax } = REVISION_FACTS[revision]
  const json = parseJson(body)
  const asStream = streamOnly || !isObject(json) || json['stream'] === true
  const refuse = (code: string, message: string): CheckedRequest => {
    return { ok: false, refusal: { asStream, status: 400, code, message } }
  }
  if (json === undefined) return refuse('invalid_json', 'The request body is not JSON')
  const parsed = ChatBody.safeParse(json)
  if (!parsed.success) return refuse('invalid_request_error', z.prettifyError(parsed.error))
  const { model, messages, stream_options: options } = parsed.data
  if (messages.length === 0) return refuse('messages_required', '`messages` is empty')
  if (streamOnly && parsed.data.stream !== true) return refuse('stream_required', '`stream` has to be true')
  const trade = readTradeHeaders(headers)
  if (typeof trade === 'string') return refuse(trade, HEADER_PROBLEMS[trade])
  if (trade && model === undefined)
    return refuse('model_required', 'A call with `x-trade-execution` has to name its `model`')
  const chosen = model ?? models[0] ?? ''
  if (!models.includes(chosen)) return refuse('model_not_found', `There is no model '${chosen}'`)
  if (promptLength(messages) > promptLengthMax)
    return refuse('input_too_large', `The prompt has more than ${promptLengthMax} characters`)
  return {
    ok: true,
    request: { model: chosen, messages, stream: asStream, includeUsage: options?.include_usage === true },
  }
}

/**
 * Optional members may be absent, never null; members that are not named here are accepted and have
 * no effect.
 */
const ChatBody = z.object({
  model: z.string().optional(),
  messages: z.array(
    z.object({
      role: z.string(),
      content: z.unknown().optional().transform(flattenContent),
      name: z.string().optional(),
    }),
  ),
  stream: z.unknown().optional(),
  stream_options: z
    .object({ include_usage: z.boolean().optional(), include_plan: z.boolean().optional() })
    .optional(),
})

/** The length of the one text that all messages are flattened to: `role: content`, one a line. */
function promptLength(messages: ChatRequest['messages']): number {
  return messages.reduce((length, { role, content }) => length + role.length + content.length + 3, -1)
}

const HEADER_PROBLEMS = {
  invalid_trade_execution_header: '`x-trade-execution` takes the value "torghut" only',
  deprecated_trade_execution_header:
    'Trade execution is no client kind any more: send `x-trade-execution: torghut`',
} as const

/** True for a trade call, false without the headers, a code when one of them is wrong. */
function readTradeHeaders(headers: IncomingHttpHeaders): boolean | keyof typeof HEADER_PROBLEMS {
  const kind = String(headers['x-jangar-client-kind'] ?? '')
    .trim()
    .toLowerCase()
  if (kind === 'trade-execution') return 'deprecated_trade_execution_header'
  const trade = headers['x-trade-execution']
  if (trade === undefined) return false
  return String(trade).trim().toLowerCase() === 'torghut' ? true : 'invalid_trade_execution_header'
}

/** Text parts are joined without a separator; what is missing or no text becomes nothing. */
function flattenContent(content: unknown): string {
  if (typeof content === 'string') return content
  if (typeof content === 'number') return String(content)
  if (Array.isArray(content)) return content.map(flattenContent).join('')
  if (!isObject(content)) return ''
  return flattenContent(content['text'] ?? content['content'] ?? null)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
