import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { respond } from '../simulated-model/respond.ts'
import { checkRequest } from './check-request.ts'
import type { ChatRequest } from './check-request.ts'
import { sendError } from './replies.ts'
import type { SimulatorOptions } from './server.ts'
import { streamAnswer } from './stream-answer.ts'
import { estimateUsage } from './usage.ts'

/**
 * Larger than any prompt the project sends (256 KiB) with room for other callers. The real gateway
 * has no limit.
 */
const BODY_BYTES_MAX = 4 * 1024 * 1024

/** One chat completion: check, ask the simulated model, answer as a stream or as one JSON document. */
export async function serveChat(
  request: IncomingMessage,
  response: ServerResponse,
  options: SimulatorOptions,
): Promise<void> {
  const body = await readBody(request)
  if (body === null) {
    return sendError(response, {
      asStream: false,
      status: 413,
      code: 'body_too_large',
      message: 'The body is too large',
    })
  }
  const checked = checkRequest(body, request.headers)
  if (!checked.ok) return sendError(response, checked.refusal)
  const chat = checked.request
  // The gateway puts a line feed in front of the model's first text.
  const content = `\n${respond(chat.messages, { model: chat.model, seed: options.seed })}`
  const call = {
    id: `chatcmpl-${randomUUID()}`,
    threadId: randomUUID(),
    created: Math.floor(Date.now() / 1000),
  }
  if (chat.stream) return streamAnswer(response, { ...call, chat, content }, options)
  sendWhole(response, chat, content, call)
}

/** Without `stream: true` the whole answer is one document: usage always, thread and reasoning never. */
function sendWhole(
  response: ServerResponse,
  chat: ChatRequest,
  content: string,
  call: { id: string; created: number },
): void {
  const body = JSON.stringify({
    id: call.id,
    object: 'chat.completion',
    created: call.created,
    model: chat.model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: estimateUsage(chat.messages, content),
  })
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body)
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > BODY_BYTES_MAX) return null
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}
