import type { CompletionRequest } from '@torghut/contracts'
import { request } from 'undici'
import type { Dispatcher } from 'undici'

import { createBareReader } from './bare-reader.ts'

/** Longest a single call may take; far above anything that is measured. */
const CALL_TIMEOUT_MS = 20_000

/** A completion without anything of ours in between: one POST and the bare loop. Throws when the status is not 200. */
export async function callDirectly(
  chatUrl: string,
  { model, messages }: CompletionRequest,
  dispatcher: Dispatcher,
): Promise<string> {
  const streaming = { stream: true, stream_options: { include_usage: true, include_plan: false } }
  const answer = await request(chatUrl, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', 'x-trade-execution': 'torghut' },
    body: JSON.stringify({ model, messages, ...streaming }),
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  })
  if (answer.statusCode !== 200) throw new Error(`Gateway answered ${answer.statusCode}: ${await answer.body.text()}`)
  const reader = createBareReader()
  for await (const chunk of answer.body) reader.push(chunk as Uint8Array)
  return reader.content()
}
