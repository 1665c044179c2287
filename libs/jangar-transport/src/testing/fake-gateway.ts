import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** One thing a scripted reply does; `hang` keeps the socket open in silence, `reset` tears it down. */
export type FakeStep = { send: string | Uint8Array } | { waitMs: number } | 'reset' | 'hang' | 'keepalives'

export interface FakeReply {
  /** 200 when left out. */
  status?: number
  /** The gateway's own stream headers when left out. */
  headers?: Record<string, string>
  /**
   * Done in order; the body ends after the last one. A first step of `reset` or `hang` comes before
   * any header.
   */
  steps: readonly FakeStep[]
}

export interface SeenRequest {
  headers: IncomingHttpHeaders
  body: string
}

export interface FakeGateway {
  chatUrl: string
  requests: SeenRequest[]
  /** Sockets a client holds open now, idle ones included. */
  openSockets(): number
  /** Replies that were begun and neither ended nor were cut. */
  busyReplies(): number
  close(): Promise<void>
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

/**
 * How often `keepalives` sends a comment; far below the stall limit of any test, so that they could
 * be mistaken for life.
 */
const KEEPALIVE_MS = 10

/**
 * A real HTTP server on a free port that answers the n-th request with the n-th reply and repeats
 * the last one.
 */
export async function startFakeGateway(script: readonly [FakeReply, ...FakeReply[]]): Promise<FakeGateway> {
  const requests: SeenRequest[] = []
  const sockets = new Set<Socket>()
  let busy = 0
  const server = createServer((request, response) => {
    busy += 1
    response.once('close', () => (busy -= 1))
    void readBody(request)
      .then((body) => {
        const reply = script[Math.min(requests.length, script.length - 1)] ?? script[0]
        requests.push({ headers: request.headers, body })
        return play(reply, response)
      })
      .catch(() => response.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    chatUrl: `http://127.0.0.1:${port}/openai/v1/chat/completions`,
    requests,
    openSockets: () => sockets.size,
    busyReplies: () => busy,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

async function play(reply: FakeReply, response: ServerResponse): Promise<void> {
  const silent = reply.steps[0] === 'reset' || reply.steps[0] === 'hang'
  if (!silent) {
    response.writeHead(reply.status ?? 200, reply.headers ?? STREAM_HEADERS)
    response.flushHeaders()
  }
  for (const step of reply.steps) {
    if (response.destroyed || step === 'hang') return
    if (step === 'reset') return void response.socket?.resetAndDestroy()
    if (step === 'keepalives') await keepAlive(response)
    else if ('waitMs' in step) await sleep(step.waitMs)
    else await write(response, step.send)
  }
  response.end()
}

async function keepAlive(response: ServerResponse): Promise<void> {
  while (!response.destroyed) {
    response.write(': keepalive\n\n')
    await sleep(KEEPALIVE_MS)
  }
}

/**
 * Waits until the bytes left, so that each step is a write of its own; a client that left ends the
 * wait too.
 */
async function write(response: ServerResponse, bytes: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => {
    response.once('close', resolve)
    response.write(bytes, () => {
      response.off('close', resolve)
      resolve()
    })
  })
}
