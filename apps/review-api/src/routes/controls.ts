import type { Store } from '@torghut/artifact-store'
import { ControlChange, ControlName, RuntimeControl, controlChangeIssue, inspectJson, toValidationIssues } from '@torghut/contracts'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import type { Clock } from '../clock.ts'
import { ProblemError, validationProblem } from '../http/problems.ts'

/** What `GET /v1/controls` takes. */
export const ControlQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(256).optional(),
})

export const ControlPage = z.strictObject({ items: z.array(RuntimeControl), next_cursor: z.string().nullable() })
export type ControlPage = z.output<typeof ControlPage>

export interface ControlRouteDeps {
  store(): Pick<Store, 'listControls' | 'putControl'>
  clock: Clock
}

/**
 * `GET /v1/controls`, `PUT /v1/controls/{name}`: the hard switches. A change is audited with its caller and its reason
 * and is in force in every replica within two seconds.
 */
export function controlRoutes(app: FastifyInstance, { store, clock }: ControlRouteDeps): void {
  app.get('/v1/controls', { config: { scope: 'read' } }, async (request): Promise<ControlPage> => {
    const query = ControlQuery.safeParse(request.query, { reportInput: true })
    if (!query.success) throw validationProblem(toValidationIssues(query.error))
    const { items, nextCursor } = await store().listControls(query.data)
    return { items: items.map((control) => asItStands(control, clock.now())), next_cursor: nextCursor }
  })

  app.put<{ Params: { name: string } }>(
    '/v1/controls/:name',
    { config: { scope: 'operate' } },
    async (request): Promise<RuntimeControl> => {
      const name = ControlName.safeParse(request.params.name)
      if (!name.success) {
        throw new ProblemError({
          status: 404,
          code: 'unknown_control',
          detail: `No control has this name; there are ${ControlName.options.join(', ')}`,
        })
      }
      const change = readChange(name.data, request.body, clock.now())
      return await store().putControl({ name: name.data, change, actor: request.subject })
    },
  )
}

function readChange(name: ControlName, body: unknown, now: Date): ControlChange {
  const unsafe = inspectJson(body)
  if (unsafe.length > 0) throw validationProblem(unsafe)
  const change = ControlChange.safeParse(body, { reportInput: true })
  if (!change.success) throw validationProblem(toValidationIssues(change.error))
  const issue = controlChangeIssue(name, change.data, now)
  if (issue === null) return change.data
  throw validationProblem([{ path: issue.code === 'expired' ? 'expires_at' : 'scope', ...issue }])
}

/** A control past its time is off, whatever its row says. */
function asItStands(control: RuntimeControl, now: Date): RuntimeControl {
  const isOver = control.expires_at !== null && Date.parse(control.expires_at) <= now.getTime()
  return isOver ? { ...control, value: false } : control
}
