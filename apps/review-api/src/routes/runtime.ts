import type { FastifyInstance } from 'fastify'

import type { RuntimeView } from '../status/runtime-view.ts'

/** `GET /v1/runtime`: the contract in force, for drift detection. */
export function runtimeRoutes(app: FastifyInstance, deps: { runtime(): Promise<RuntimeView> }): void {
  app.get('/v1/runtime', { config: { scope: 'read' } }, () => deps.runtime())
}
