import type { FastifyInstance } from 'fastify'

/** One thing readiness looks at: null when it is well, else a sentence for the person who is paged. */
export interface ReadinessCheck {
  name: string
  check(): Promise<string | null>
}

/**
 * `/healthz` says the process answers. `/readyz` refuses only until this process has been ready once; later it stays
 * 200 and names what is degraded, so that one bad artifact or a slow database cannot remove every replica at once.
 */
export function healthRoutes(app: FastifyInstance, checks: ReadinessCheck[]): void {
  let wasReady = false
  app.get('/healthz', async () => ({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const findings = await Promise.all(checks.map(async ({ name, check }) => ({ name, reason: await check() })))
    const reasons = findings.filter((finding) => finding.reason !== null)
    wasReady ||= reasons.length === 0
    const status = reasons.length === 0 ? 'ready' : wasReady ? 'degraded' : 'starting'
    return reply.code(wasReady ? 200 : 503).send({ status, reasons })
  })
}
