import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { serveChat } from './chat.ts'
import { MODELS, listModels } from './models.ts'
import { sendError } from './replies.ts'

export interface SimulatorOptions {
  /** 0 takes a free port. */
  port: number
  /** Pause before the first delta, in milliseconds. */
  firstTokenMs: number
  /** Pause between deltas, in milliseconds; 0 sends them as fast as they can be written. */
  deltaMs: number
  /** The simulated model's own dice: another seed is another model with the same abilities. */
  seed: string
}

export interface Simulator {
  url: string
  close(): Promise<void>
}

/**
 * A gateway of revision R2 on the loopback address, with a simulated model behind it. Rejects when
 * the port is taken.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const counts = { completions: 0 }
  const server = createServer((request, response) => {
    serve(request, response, options, counts).catch(() => response.destroy())
  })
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

/** What has been asked of this process, so that a test can prove how often a model was called. */
interface Counts {
  completions: number
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: SimulatorOptions,
  counts: Counts,
): Promise<void> {
  const route = `${request.method} ${(request.url ?? '').split('?')[0]}`
  if (route === 'POST /openai/v1/chat/completions') {
    counts.completions += 1
    return serveChat(request, response, options)
  }
  if (route === 'GET /openai/v1/models') return sendJson(response, listModels(new Date()))
  if (route === 'GET /simulator') return sendJson(response, { ...describe(options), ...counts })
  sendError(response, {
    asStream: false,
    status: 404,
    code: 'not_found',
    message: `Nothing is served at ${route}`,
  })
}

/** The real gateway has no such page: whoever finds it knows that no answer here comes from a model. */
function describe({ firstTokenMs, deltaMs, seed }: SimulatorOptions): Record<string, unknown> {
  return {
    simulated: true,
    revision: 'R2',
    models: MODELS,
    seed,
    first_token_ms: firstTokenMs,
    delta_ms: deltaMs,
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
