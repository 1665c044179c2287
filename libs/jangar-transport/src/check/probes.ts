import { buildGatewayRequest } from '../request.ts'
import type { Question, Reply } from './ask.ts'

/** One clause of the wire contract: what is asked, and whether the reply keeps it. */
export interface Probe {
  name: 'models' | 'stream' | 'whole' | 'refusal'
  asked: string
  expected: string
  question: Question
  passes: (reply: Reply) => boolean
}

export interface ProbeTarget {
  origin: string
  model: string
  apiKey: string | null
}

/** Few tokens and no tools, so that a check of a live gateway costs next to nothing. */
export const PROBE_MESSAGES = [{ role: 'user' as const, content: 'Reply with the single word ok. Use no tools.' }]

/** The transport contract, clause by clause. Two of them make the model answer; refusals reach none. */
export function probesFor(target: ProbeTarget): Probe[] {
  const { origin, model, apiKey } = target
  const { body, headers } = buildGatewayRequest({ model, messages: PROBE_MESSAGES }, apiKey)
  const fine = JSON.parse(body) as Record<string, unknown>
  const post = (body: string, more: Record<string, string> = {}): Question => {
    return { method: 'POST', url: `${origin}/openai/v1/chat/completions`, headers: { ...headers, ...more }, body }
  }
  const refusal = (asked: string, code: string, question: Question): Probe => ({
    name: 'refusal',
    asked,
    expected: `400, event stream, ${code}`,
    question,
    passes: (reply) => reply.status === 400 && isStream(reply) && hasCode(reply, code) && reply.stream.done,
  })
  const { 'content-type': _, ...bare } = headers
  const but = (members: Record<string, unknown>): string => JSON.stringify({ ...fine, ...members })
  return [
    {
      name: 'models',
      asked: 'GET the list of models',
      expected: `200, JSON list with "${model}"`,
      question: { method: 'GET', url: `${origin}/openai/v1/models`, headers: bare, body: null },
      passes: (reply) => reply.status === 200 && listedModels(reply.document).includes(model),
    },
    {
      name: 'stream',
      asked: 'a stream, with usage and without plans',
      expected: '200, event stream, text, finish stop, [DONE]',
      question: post(body),
      passes: (reply) => reply.status === 200 && isStream(reply) && isClean(reply),
    },
    {
      name: 'whole',
      asked: 'no stream, and members it does not know',
      expected: '200 with one JSON document, or 400 stream_required (R1)',
      question: post(but({ stream: false, temperature: 0, n: 1, response_format: null })),
      passes: (reply) => hasCode(reply, 'stream_required') || (reply.status === 200 && isDocument(reply.document)),
    },
    refusal('a body that is not JSON', 'invalid_json', post('{')),
    refusal('null in an optional member', 'invalid_request_error', post(but({ stream_options: null }))),
    refusal('no messages', 'messages_required', post(but({ messages: [] }))),
    refusal('another trade header', 'invalid_trade_execution_header', post(body, { 'x-trade-execution': 'other' })),
    refusal(
      'the old client kind',
      'deprecated_trade_execution_header',
      post(body, { 'x-jangar-client-kind': 'trade-execution' }),
    ),
    refusal('a trade call without a model', 'model_required', post(but({ model: undefined }))),
    refusal('an unknown model', 'model_not_found', post(but({ model: `no-such-${model}` }))),
  ]
}

function isStream({ type }: Reply): boolean {
  return type === 'text/event-stream'
}

function hasCode({ errors }: Reply, code: string): boolean {
  return errors.some((error) => error.code === code)
}

function isClean({ stream, errors }: Reply): boolean {
  const { content, violation, done, finishReason } = stream
  return violation === null && errors.length === 0 && done && finishReason === 'stop' && content.trim() !== ''
}

function isDocument(document: unknown): boolean {
  return isRecord(document) && document['object'] === 'chat.completion' && Array.isArray(document['choices'])
}

function listedModels(document: unknown): unknown[] {
  if (!isRecord(document) || document['object'] !== 'list' || !Array.isArray(document['data'])) return []
  return document['data'].map((entry: unknown) => (isRecord(entry) ? entry['id'] : null))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
