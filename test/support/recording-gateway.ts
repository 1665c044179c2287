import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { freePort } from '@torghut/local-stack'

import { startSimulator } from './run-torghut.ts'

/** The simulator behind an ear: it answers as ever, and every request it got is kept. */
export interface RecordingGateway {
  url: string
  /** Headers and bodies of all requests so far, as text. */
  heard(): string[]
  stop(): Promise<void>
}

/** Starts a simulator and listens in front of it. */
export async function startRecordingGateway(): Promise<RecordingGateway> {
  const port = await freePort()
  const simulator = startSimulator(port)
  await simulator.line('"url"')
  const heard: string[] = []
  const server = createServer((request, response) => {
    relay(request, response, port, heard).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: () => heard,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await simulator.process.stop()
    },
  }
}

async function relay(request: IncomingMessage, response: ServerResponse, port: number, heard: string[]): Promise<void> {
  const body = await text(request)
  heard.push(JSON.stringify(request.headers), body)
  const { authorization, 'content-type': contentType } = request.headers
  const answer = await fetch(`http://127.0.0.1:${port}${request.url}`, {
    method: request.method ?? 'GET',
    headers: { ...(authorization === undefined ? {} : { authorization }), ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    body: body === '' ? null : body,
  })
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
  for await (const piece of answer.body ?? []) response.write(piece)
  response.end()
}
