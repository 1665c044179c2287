import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'

import { currentFacts, noteFacts } from './request-scope.ts'
import { idleTracer } from './start-tracing.ts'
import { Tracer, currentSpan } from './tracer.ts'

const CALLER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
const TRACEPARENT = `00-${CALLER.traceId}-${CALLER.spanId}-01`

function memoryTracer() {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  return { tracer: new Tracer(provider.getTracer('test')), spans: () => exporter.getFinishedSpans() }
}

test('span() nests by where code runs, also across waits and side by side', async () => {
  const { tracer, spans } = memoryTracer()
  const branch = (name: string) => tracer.span(name, 'internal', () => tracer.span(`${name} leaf`, 'client', () => Promise.resolve()))
  await tracer.span('root', 'internal', () => Promise.all([branch('left'), branch('right')]))
  const nameOf = new Map(spans().map((span) => [span.spanContext().spanId, span.name]))
  const links = spans().map((span) => `${nameOf.get(span.parentSpanContext?.spanId ?? '') ?? '-'} > ${span.name}`)
  expect(links.sort()).toEqual(['- > root', 'left > left leaf', 'right > right leaf', 'root > left', 'root > right'])
})

test('span() and spanSync() note a failure by its class, never its message, and throw it on', async () => {
  const { tracer, spans } = memoryTracer()
  const boom = () => {
    throw new RangeError('secret')
  }
  await expect(tracer.span('waits', 'internal', async () => boom())).rejects.toThrow('secret')
  expect(() => tracer.spanSync('now', 'internal', boom)).toThrow('secret')
  for (const { attributes, status, events } of spans()) {
    expect({ attributes, status, events }).toEqual({ attributes: { 'error.type': 'RangeError' }, status: { code: 2 }, events: [] })
  }
  expect(spans()).toHaveLength(2)
})

test('openRequest() goes on with the caller’s trace and starts a new one for anything else', () => {
  const { tracer, spans } = memoryTracer()
  const headers = [TRACEPARENT, undefined, 'nonsense', `00-${'0'.repeat(32)}-${CALLER.spanId}-01`]
  for (const traceparent of headers) tracer.openRequest({ requestId: 'r', spanName: 'GET /', traceparent }).end()
  expect(spans().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([CALLER.spanId, undefined, undefined, undefined])
  expect(spans()[0]?.spanContext().traceId).toBe(CALLER.traceId)
  expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(4)
})

test('openRequest() keeps nothing of a caller that decided not to be traced', () => {
  const { tracer, spans } = memoryTracer()
  const request = tracer.openRequest({ requestId: 'r', spanName: 'GET /', traceparent: TRACEPARENT.replace(/01$/, '00') })
  expect(request.run(currentFacts)).toEqual({ requestId: 'r', traceId: CALLER.traceId })
  request.end()
  expect(spans()).toEqual([])
})

test('openRequest() keeps the facts of requests apart, and hands out copies', async () => {
  const { tracer } = memoryTracer()
  const serve = (requestId: string) =>
    tracer.openRequest({ requestId, spanName: null, traceparent: undefined }).run(async () => {
      noteFacts({ reviewId: `review ${requestId}` })
      Object.assign(currentFacts(), { requestId: 'other' })
      return tracer.span('inside', 'internal', async () => currentFacts())
    })
  expect(await Promise.all([serve('1'), serve('2')])).toEqual([
    { requestId: '1', reviewId: 'review 1' },
    { requestId: '2', reviewId: 'review 2' },
  ])
  noteFacts({ reviewId: 'nobody’s' })
  expect(currentFacts()).toEqual({})
})

test('currentSpan() writes to the span code runs under and leaves out what is not known', async () => {
  const { tracer, spans } = memoryTracer()
  await tracer.span('one', 'internal', async () => currentSpan().set({ known: false, unknown: null, missing: undefined }))
  currentSpan().set({ lost: true })
  expect(spans()[0]?.attributes).toEqual({ known: false })
})

test('idleTracer() runs what it is given and still knows the caller’s trace', async () => {
  const request = idleTracer().openRequest({ requestId: 'r', spanName: 'GET /', traceparent: TRACEPARENT })
  const seen = await request.run(() => idleTracer().span('inside', 'internal', async () => currentFacts()))
  expect(seen).toEqual({ requestId: 'r', traceId: CALLER.traceId })
  request.end()
})
