import type { IncomingMessage } from 'node:http'

/** A refused body is read and thrown away up to here; whoever sends more loses the connection and the explanation. */
const DRAIN_BYTES_MAX = 64 * 1024 * 1024
const DRAIN_MS_MAX = 5_000

/**
 * Reads the rest of a body nobody wants. Answering while the client still writes would reset its connection, and many
 * clients then report a broken pipe instead of the refusal.
 */
export async function drainBody(request: IncomingMessage): Promise<void> {
  if (request.destroyed) return // Whoever sent it is gone, and no event would end the wait.
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, DRAIN_MS_MAX)
    let bytes = 0
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > DRAIN_BYTES_MAX) done()
    })
    request.once('end', done)
    request.once('close', done)
    request.once('error', done)
    request.resume()
  })
}
