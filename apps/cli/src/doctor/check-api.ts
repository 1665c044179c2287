import { z } from 'zod'

import { reasonOf } from '../api/api-client.ts'
import { plain } from '../terminal/plain.ts'
import { note, ok, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

const ASK_TIMEOUT_MS = 3_000

const Readiness = z.object({
  status: z.string(),
  reasons: z.array(z.object({ name: z.string(), reason: z.string() })),
})

/** The review API: running, and ready. One that nobody named may be stopped. */
export async function checkApi(url: string, named: boolean): Promise<Finding> {
  try {
    const answer = await fetch(`${url}/readyz`, {
      redirect: 'error',
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    })
    const readiness = Readiness.safeParse(await answer.json().catch(() => null))
    if (!readiness.success)
      return wrong('review API', `something else answers at ${url}`, 'stop it, or use another port')
    const { status, reasons } = readiness.data
    if (reasons.length === 0) return ok('review API', `${url} is ${status}`)
    const words = reasons.map(({ name, reason }) => `${name}: ${plain(reason, 200)}`).join('; ')
    return wrong('review API', `${url} is ${status} (${words})`, 'mend what it names')
  } catch (error) {
    const found = `${url} does not answer (${reasonOf(error)})`
    return named
      ? wrong('review API', found, 'start it, or correct --url')
      : note('review API', found, 'start it with torghut up')
  }
}
