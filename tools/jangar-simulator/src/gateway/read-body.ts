import type { IncomingMessage } from 'node:http'

/**
 * Larger than any prompt the project sends (256 KiB) with room for other callers. The real gateway
 * has no limit.
 */
const BODY_BYTES_MAX = 4 * 1024 * 1024

/** The body as text, or null when it is larger than 4 MiB. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > BODY_BYTES_MAX) return null
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}
