import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

export const Liveness = z.strictObject({ status: z.literal('alive') })
export type Liveness = z.output<typeof Liveness>

/** What readiness found; `reasons` names each check that is not well. */
export const Readiness = z.strictObject({
  status: z.enum(['ready', 'degraded', 'starting']),
  reasons: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
})
export type Readiness = z.output<typeof Readiness>

/** One thing readiness looks at: null when it is well, else a sentence for the person who is paged. */
export interface ReadinessCheck {
  name: string
  check(): Promise<string | null>
  /** A person should know, but no review waits for it: the first readiness does not either. */
  advisory?: boolean
}

/**
 * `/healthz` says the process answers. `/readyz` refuses only until this process has been ready once; later it stays
 * 200 and names what is degraded, so that one bad artifact or a slow database cannot remove every replica at once.
 */
export function healthRoutes(app: FastifyInstance, checks: ReadinessCheck[]): void {
  let wasReady = false
  app.get('/healthz', async (): Promise<Liveness> => ({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const findings = await Promise.all(checks.map(async ({ name, check, advisory = false }) => ({ name, advisory, reason: await check() })))
    const reasons = findings.flatMap(({ name, reason }) => (reason === null ? [] : [{ name, reason }]))
    wasReady ||= findings.every(({ advisory, reason }) => advisory || reason === null)
    const status = reasons.length === 0 ? 'ready' : wasReady ? 'degraded' : 'starting'
    return reply.code(wasReady ? 200 : 503).send({ status, reasons } satisfies Readiness)
  })
}
