import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

import { z } from 'zod'

const Value = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
  // 64-bit numbers may travel as text (OTLP/JSON).
  z.object({ intValue: z.coerce.number() }).transform(({ intValue }) => intValue),
  z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
])

const Attributes = z
  .array(z.object({ key: z.string(), value: z.unknown() }))
  .default([])
  // Resource attributes may be lists, which no test looks at.
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, Value.safeParse(value).data])))

const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.int(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes: Attributes,
  events: z.array(z.object({ name: z.string(), attributes: Attributes })).default([]),
  status: z.object({ code: z.int().optional() }).default({}),
})
export type CollectedSpan = z.output<typeof Span>

const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
})

/** Stands in for an OTLP collector: takes JSON over HTTP and keeps what it got, decoded and as it came. */
export interface TraceCollector {
  url: string
  spans(): CollectedSpan[]
  resources(): Record<string, unknown>[]
  /** Every address, header and body it was sent, as text. */
  raw(): string
  stop(): Promise<void>
}

/** Starts one on a port of the caller's choice; 0 picks a free one. */
export async function startTraceCollector(port = 0): Promise<TraceCollector> {
  const exports: z.output<typeof Export>[] = []
  const raw: string[] = []
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      raw.push(`${request.method} ${request.url}`, JSON.stringify(request.headers), body)
      exports.push(Export.parse(JSON.parse(body)))
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const parts = () => exports.flatMap(({ resourceSpans }) => resourceSpans)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => parts().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    resources: () => parts().map(({ resource }) => resource.attributes),
    raw: () => raw.join('\n'),
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
