import type { ReviewMetrics } from '@torghut/telemetry'
import type { FastifyInstance } from 'fastify'

/** `/metrics` in Prometheus' text format. */
export function metricsRoutes(app: FastifyInstance, metrics: ReviewMetrics): void {
  app.get('/metrics', async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()))
}
