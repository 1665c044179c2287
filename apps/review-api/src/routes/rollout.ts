import type { Store } from '@torghut/artifact-store'
import { DenylistEntry, Reason, Sha256, inspectJson, toValidationIssues } from '@torghut/contracts'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { validationProblem } from '../http/problems.ts'
import { PERSON_MOVES, RolloutChange, RolloutStart } from '../serving/rollout-desk.ts'
import type { RolloutDesk, RolloutStatus } from '../serving/rollout-desk.ts'

export const DenylistPage = z.strictObject({ items: z.array(DenylistEntry), next_cursor: z.string().nullable() })
export type DenylistPage = z.output<typeof DenylistPage>

/** Denies an artifact, or clears its denial. */
export const DenialChange = z.strictObject({ denied: z.boolean(), reason: Reason })
export type DenialChange = z.output<typeof DenialChange>

export interface RolloutRouteDeps {
  store(): Pick<Store, 'rollouts'>
  rollout: Pick<RolloutDesk, 'status' | 'start' | 'move'>
  programName: string
}

/**
 * `GET /v1/rollout` and its moves, `GET /v1/denylist`, `PUT /v1/denylist/{hash}`. Every change is recorded with its
 * caller and reason and is in force in every replica within two seconds.
 */
export function rolloutRoutes(app: FastifyInstance, { store, rollout, programName }: RolloutRouteDeps): void {
  const operate = { config: { scope: 'operate' } } as const
  app.get('/v1/rollout', { config: { scope: 'read' } }, (): Promise<RolloutStatus> => rollout.status())
  app.post('/v1/rollout/start', operate, (request): Promise<RolloutStatus> =>
    rollout.start(read(RolloutStart, request.body), request.subject),
  )
  for (const move of PERSON_MOVES) {
    app.post(`/v1/rollout/${move}`, operate, (request): Promise<RolloutStatus> =>
      rollout.move(move, read(RolloutChange, request.body), request.subject),
    )
  }

  app.get('/v1/denylist', { config: { scope: 'read' } }, async (): Promise<DenylistPage> => {
    return { items: await store().rollouts.listDenylist(programName), next_cursor: null }
  })
  app.put<{ Params: { hash: string } }>('/v1/denylist/:hash', operate, async (request): Promise<DenylistPage> => {
    const { artifactHash } = read(HashParameter, { artifactHash: request.params.hash })
    const change = read(DenialChange, request.body)
    await store().rollouts.saveDenial({ programName, artifactHash, source: 'person', actor: request.subject, ...change })
    return { items: await store().rollouts.listDenylist(programName), next_cursor: null }
  })
}

const HashParameter = z.strictObject({ artifactHash: Sha256 })

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const unsafe = inspectJson(body)
  if (unsafe.length > 0) throw validationProblem(unsafe)
  const parsed = schema.safeParse(body, { reportInput: true })
  if (!parsed.success) throw validationProblem(toValidationIssues(parsed.error))
  return parsed.data
}
