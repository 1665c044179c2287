import { readFileSync } from 'node:fs'

import { sha256Hex } from '@torghut/contracts'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { ProblemError } from './problems.ts'

export type Scope = 'review' | 'read' | 'lifecycle' | 'approve' | 'operate'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope a key needs for this route; a route without one is open (health, metrics). */
    scope?: Scope
  }
  interface FastifyRequest {
    /** Who asks: the subject of the key, `local` where no keys are asked for. Audit rows name it. */
    subject: string
  }
}

/** Nobody but this machine reaches a server without keys. */
const LOCAL_SUBJECT = 'local'

const ApiKeys = z.strictObject({
  keys: z.array(
    z.strictObject({
      subject: z.string().min(1),
      scopes: z.array(z.enum(['review', 'read', 'lifecycle', 'approve', 'operate'])),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})
export type ApiKeys = z.infer<typeof ApiKeys>

/** Reads the file of hashed keys. Throws with the path and what is wrong; the process must not start without it. */
export function readApiKeys(path: string): ApiKeys {
  const parsed = ApiKeys.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (parsed.success) return parsed.data
  throw new Error(`TORGHUT_API_KEYS_FILE "${path}" is not usable: ${z.prettifyError(parsed.error).split('\n')[0]}`)
}

/** Asks every route that names a scope for a bearer key that has it. Without keys (loopback only) everything is open. */
export function requireKeys(app: FastifyInstance, apiKeys: ApiKeys | null): void {
  app.decorateRequest('subject', LOCAL_SUBJECT)
  if (apiKeys === null) return
  const byHash = new Map(apiKeys.keys.map((key) => [key.sha256, key]))
  app.addHook('onRequest', async (request) => {
    const scope = request.routeOptions.config.scope
    if (scope === undefined) return
    const key = byHash.get(sha256Hex(bearerOf(request.headers.authorization)))
    if (key === undefined) {
      throw new ProblemError({ status: 401, code: 'unauthenticated', detail: 'Send a known bearer key' })
    }
    if (!key.scopes.includes(scope)) {
      throw new ProblemError({ status: 403, code: 'forbidden', detail: `The key of "${key.subject}" lacks scope "${scope}"` })
    }
    request.subject = key.subject
  })
}

/** Hashing makes the comparison independent of how many leading characters agree. */
function bearerOf(header: string | undefined): string {
  return /^Bearer (\S+)$/i.exec(header ?? '')?.[1] ?? ''
}
