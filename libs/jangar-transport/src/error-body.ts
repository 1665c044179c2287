import type { Dispatcher } from 'undici'

import type { GatewayError } from './assembler.ts'
import { applyEvent, emptyStream } from './assembler.ts'
import type { TransportLimits } from './limits.ts'
import { createStreamReader } from './stream-reader.ts'

/**
 * Reads a body that is not our stream for the errors it names: one JSON document, or an event
 * stream with status 400. Whatever cannot be read names none; at most `errorBodyBytesMax` bytes are
 * taken.
 */
export async function readErrorBody(
  response: Dispatcher.ResponseData,
  limits: TransportLimits,
): Promise<{ errors: GatewayError[]; body: Uint8Array; bytes: number }> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk as Uint8Array)
      bytes += (chunk as Uint8Array).byteLength
      if (bytes >= limits.errorBodyBytesMax) break
    }
  } catch {
    // Cut by the drain limit or by the peer; the status or type already decided the outcome.
  }
  const body = Buffer.concat(chunks).subarray(0, limits.errorBodyBytesMax)
  return {
    errors: errorsOf(body, limits),
    body,
    bytes,
  }
}

/** Goes by what came, not by its declared type: gateways and proxies mislabel both ways. */
function errorsOf(body: Uint8Array, limits: TransportLimits): GatewayError[] {
  const errors = errorsOfJson(Buffer.from(body).toString())
  return errors.length > 0 ? errors : errorsOfStream(body, limits)
}

function errorsOfStream(body: Uint8Array, limits: TransportLimits): GatewayError[] {
  const reader = createStreamReader(limits)
  reader.push(body)
  return reader.stream.errors
}

/** An error body in JSON has the shape of an error frame, so the assembler reads it. */
function errorsOfJson(body: string): GatewayError[] {
  const stream = emptyStream()
  applyEvent(stream, { kind: 'data', data: body }, 0)
  return stream.errors
}
