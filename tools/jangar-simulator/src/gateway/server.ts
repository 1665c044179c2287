import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { serveFaults } from '../faults/control-page.ts'
import { serveChat } from './chat.ts'
import type { Gateway, SimulatorOptions } from './gateway.ts'
import { createGateway } from './gateway.ts'
import { listModels } from './models.ts'
import { sendError, sendJson } from './replies.ts'
import { REVISION_FACTS } from './revisions.ts'

export interface Simulator {
  url: string
  close(): Promise<void>
}

/**
 * A gateway on the loopback address, with a simulated model behind it. Rejects when the port is
 * taken.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  let comeBack: NodeJS.Timeout | undefined
  const gateway = createGateway(options, (ms) => void goDown(ms))
  const server = createServer((request, response) => {
    serve(request, response, gateway).catch(() => response.destroy())
  })
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo

  /** As long as it is down, the control page is away too. */
  async function goDown(ms: number): Promise<void> {
    await stopListening(server)
    comeBack = setTimeout(() => void listen(server, port), ms)
  }

  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      clearTimeout(comeBack)
      await stopListening(server)
    },
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function serve(request: IncomingMessage, response: ServerResponse, gateway: Gateway): Promise<void> {
  const path = (request.url ?? '').split('?')[0]
  const route = `${request.method} ${path}`
  if (route === 'POST /openai/v1/chat/completions') {
    gateway.counts.completions += 1
    return serveChat(request, response, gateway)
  }
  const { revision } = gateway.options
  if (route === 'GET /openai/v1/models')
    return sendJson(response, listModels(gateway.modelsOf(revision), new Date()))
  if (route === 'GET /simulator') return sendJson(response, { ...describe(gateway), ...gateway.counts })
  if (route === 'GET /simulator/worlds') return sendJson(response, { simulated: true, ...gateway.worlds.describe() })
  if (path === '/simulator/faults' && ['GET', 'PUT', 'DELETE'].includes(request.method ?? '')) {
    return serveFaults(request, response, {
      faults: gateway.faults,
      onClear: () => (gateway.backendDead = false),
    })
  }
  sendError(response, {
    asStream: false,
    status: 404,
    code: 'not_found',
    message: `Nothing is served at ${route}`,
  })
}

/** The real gateway has no such page: whoever finds it knows that no answer here comes from a model. */
function describe({ options, modelsOf, faults }: Gateway): Record<string, unknown> {
  const { revision, seed, firstTokenMs, deltaMs, timeScale } = options
  return {
    simulated: true,
    revision,
    revision_date: REVISION_FACTS[revision].date,
    models: modelsOf(revision),
    seed,
    first_token_ms: firstTokenMs,
    delta_ms: deltaMs,
    time_scale: timeScale,
    faults: faults.describe(),
  }
}
