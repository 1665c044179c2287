import type { IncomingMessage, ServerResponse } from 'node:http'

import { z } from 'zod'

import { readBody } from '../gateway/read-body.ts'
import { sendJson } from '../gateway/replies.ts'
import type { FaultChooser } from './choose-fault.ts'
import { FaultPlan, NO_FAULTS } from './fault-plan.ts'

/** `GET`, `PUT` and `DELETE /simulator/faults`: shows, sets and clears what goes wrong; `onClear` heals the gateway. */
export async function serveFaults(
  request: IncomingMessage,
  response: ServerResponse,
  { faults, onClear }: { faults: FaultChooser; onClear: () => void },
): Promise<void> {
  if (request.method === 'PUT') {
    const plan = FaultPlan.safeParse(parseJson((await readBody(request)) ?? ''))
    if (!plan.success) return sendJson(response, { error: z.prettifyError(plan.error) }, 400)
    faults.set(plan.data)
  }
  if (request.method === 'DELETE') {
    faults.set(NO_FAULTS)
    onClear()
  }
  sendJson(response, faults.describe())
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
