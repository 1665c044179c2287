import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

import { deskLabel } from '../desk-rules.ts'

/** What the test API was sent, by path, in order of arrival. */
export interface Posted {
  path: string
  body: unknown
}

export interface DeskApi {
  url: string
  posted: Posted[]
  close: () => Promise<void>
}

export interface Answer {
  status: number
  body: unknown
}

/**
 * A review API for tests, on a real socket: it answers every review by the desk's rules and takes every result.
 * `override` may answer in its place, or return undefined to leave it.
 */
export async function startDeskApi(
  override: (posted: Posted) => Answer | undefined = () => undefined,
): Promise<DeskApi> {
  const posted: Posted[] = []
  const server = createServer((request, response) => {
    void readJson(request).then((body) => {
      const call = { path: request.url ?? '', body }
      posted.push(call)
      const answer = override(call) ?? { status: 200, body: answerTo(call) }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    posted,
    close: () => new Promise((closed) => void server.close(() => closed()).closeAllConnections()),
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
}

function answerTo({ path, body }: Posted): unknown {
  if (path !== '/v1/reviews') return { accepted: 1, duplicates: 0, rejected: [] }
  const { request, order } = body as { request: { decision: { qty: string } }; order: { reduce_only: boolean } }
  const { label, rule } = deskLabel(request)
  const reason = label === 'veto' ? rule : null
  return reviewAnswer({ verdict: label, reason, qty: request.decision.qty, reducing: order.reduce_only })
}

/** An answer in the shape of the review API: halved by an adjustment, without advice when the model was skipped. */
export function reviewAnswer(of: { verdict: string; reason: string | null; qty: string; reducing: boolean }) {
  const qty = of.verdict === 'adjust' ? String(Number(of.qty) / 2) : of.qty
  return {
    verdict: of.verdict,
    reason: of.reason,
    decision: of.verdict === 'veto' ? null : { qty, order_type: 'market', limit_price: null, stop_price: null },
    advice: of.reducing ? null : { verdict: of.verdict },
    outcomes: [{ gate: 'reference-price', passed: true, evidence: {} }],
    fallback: null,
    llm_skipped: of.reducing ? 'reducing' : null,
    lineage: { simulated: true },
    timings: { total_ms: 1 },
  }
}
