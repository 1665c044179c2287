import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import type { ChosenFault } from '../faults/choose-fault.ts'
import { FAULTS } from '../faults/kinds.ts'
import { respond } from '../simulated-model/respond.ts'
import type { Answer } from './answer.ts'
import { documentReply, streamReply, wholeDocument } from './answer.ts'
import { checkRequest } from './check-request.ts'
import type { Gateway } from './gateway.ts'
import { playReply } from './play-reply.ts'
import { readBody } from './read-body.ts'
import type { Reply } from './reply.ts'
import { STREAM_HEADERS, sendError } from './replies.ts'
import { isRevision } from './revisions.ts'
import { splitDeltas, splitInto } from './split-deltas.ts'

/** The gateway comments every five seconds from the start of the turn, whether or not data flows. */
const KEEPALIVE_MS = 5_000

/** One chat completion: check, ask the simulated model, answer as a stream or as one JSON document. */
export async function serveChat(
  request: IncomingMessage,
  response: ServerResponse,
  gateway: Gateway,
): Promise<void> {
  const { searchParams: query } = new URL(request.url ?? '', 'http://simulator')
  const fault = gateway.faults.next(query)
  const body = await readBody(request)
  if (body === null) {
    return sendError(response, {
      asStream: false,
      status: 413,
      code: 'body_too_large',
      message: 'The body is too large',
    })
  }
  const asked = query.get('revision')
  const revision = isRevision(asked) ? asked : gateway.options.revision
  const checked = checkRequest(body, request.headers, { revision, models: gateway.modelsOf(revision) })
  if (!checked.ok) return sendError(response, checked.refusal)
  // The gateway puts a line feed in front of the model's first text.
  const content = `\n${respond(checked.request.messages, { model: checked.request.model, seed: gateway.options.seed })}`
  if (!gateway.worlds.charge(request.headers.authorization, { ...checked.request, content })) {
    return sendError(response, {
      asStream: checked.request.stream,
      status: 400,
      code: 'budget_exhausted',
      message: 'The budget of this key for simulated worlds is spent',
    })
  }
  const answer: Answer = {
    id: `chatcmpl-${randomUUID()}`,
    threadId: randomUUID(),
    created: Math.floor(Date.now() / 1000),
    revision,
    chat: checked.request,
    deltas: piecesOf(content, query.get('deltas')),
  }
  const reply = chooseReply(answer, fault, { gateway, asked: { headers: request.headers, body } })
  if (reply.afterwards !== undefined) gateway.befall(reply.afterwards)
  await playReply(response, reply, gateway.scaled(KEEPALIVE_MS))
}

/** A test may want a number of deltas; otherwise the text decides. */
function piecesOf(content: string, count: string | null): string[] {
  return count !== null && /^[1-9]\d{0,3}$/.test(count) ? splitInto(content, Number(count)) : splitDeltas(content)
}

function chooseReply(
  answer: Answer,
  fault: ChosenFault | null,
  { gateway, asked }: { gateway: Gateway; asked: { headers: Record<string, unknown>; body: string } },
): Reply {
  // Only comments come once the one backend is gone; headers wait for the first of them.
  if (gateway.backendDead) return { head: { status: 200, headers: STREAM_HEADERS }, steps: ['keepalives'] }
  if (fault !== null) {
    const at = fault.at(answer.deltas.length)
    return FAULTS[fault.kind].reply({ answer, at, scaled: gateway.scaled, asked })
  }
  if (answer.chat.stream) return streamReply(answer, gateway.options)
  return documentReply(wholeDocument(answer))
}
