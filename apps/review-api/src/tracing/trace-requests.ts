import type { RequestSpan, Tracer } from '@torghut/telemetry'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * Serves every request in a scope of its own, so that log lines name it, and the API's own routes under a server span.
 * Health checks, metrics and documents are no part of any story. Fastify keeps the scope while a body arrives.
 */
export function traceRequests(app: FastifyInstance, tracer: Tracer): void {
  app.addHook('onRequest', (request, reply, done) => {
    const span = openSpan(request, tracer)
    reply.header('x-request-id', request.id)
    // A caller that goes away closes the response too, where a finished one is not certain.
    reply.raw.once('close', () => endSpan(span, reply))
    span.run(done)
  })
}

function openSpan(request: FastifyRequest, tracer: Tracer): RequestSpan {
  const { method, headers, routeOptions } = request
  const route = routeOptions.config.scope === undefined ? undefined : routeOptions.url
  const spanName = route === undefined ? null : `${method} ${route}`
  const traceparent = typeof headers['traceparent'] === 'string' ? headers['traceparent'] : undefined
  const span = tracer.openRequest({ requestId: request.id, spanName, traceparent })
  // The address itself is left out: it may hold whatever a caller typed.
  span.set({
    'http.request.method': method,
    'http.route': route,
    'url.scheme': 'http',
    'torghut.request_id': request.id,
  })
  return span
}

function endSpan(span: RequestSpan, { raw }: FastifyReply): void {
  if (!raw.headersSent) span.fail('client_gone')
  else {
    span.set({ 'http.response.status_code': raw.statusCode })
    if (raw.statusCode >= 500) span.fail(String(raw.statusCode))
  }
  span.end()
}
