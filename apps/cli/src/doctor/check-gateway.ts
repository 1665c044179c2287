import { parseJangarBaseUrl } from '@torghut/contracts'
import { z } from 'zod'

import { reasonOf } from '../api/api-client.ts'
import { localDefaults } from '../stack/local-environment.ts'
import { plain } from '../terminal/plain.ts'
import { note, ok, wrong, wrongSentence } from './finding.ts'
import type { Finding } from './finding.ts'

const ASK_TIMEOUT_MS = 3_000

/** The gateway: reachable, real or simulated, and whether it offers the pinned model. No model is called. */
export async function checkGateway(env: NodeJS.ProcessEnv, given: string | undefined): Promise<Finding[]> {
  const url = given ?? (env['JANGAR_BASE_URL'] || undefined)
  if (url === undefined)
    return [note('gateway', 'none named', 'nothing: torghut up starts the simulator (simulated model)')]
  const base = parseJangarBaseUrl(url)
  if (!base.ok) return [wrongSentence('gateway', base.problem)]
  try {
    const simulated = await isSimulator(base.origin)
    const kind = simulated ? 'the simulator (simulated model)' : 'a gateway'
    const models = await ask(`${base.origin}/openai/v1/models`, env['JANGAR_API_KEY'])
    return [ok('gateway', `${base.origin} answers, ${kind}`), await judgeModels(models, modelOf(env))]
  } catch (error) {
    return [
      wrong(
        'gateway',
        `${base.origin} does not answer (${reasonOf(error)})`,
        'start it, or correct JANGAR_BASE_URL; until then every review falls back',
      ),
    ]
  }
}

async function isSimulator(origin: string): Promise<boolean> {
  const answer = await ask(`${origin}/simulator`, undefined)
  const body: unknown = answer.ok ? await answer.json().catch(() => null) : null
  return z.object({ simulated: z.literal(true) }).safeParse(body).success
}

function ask(url: string, apiKey: string | undefined): Promise<Response> {
  const headers = apiKey ? { authorization: `Bearer ${apiKey}` } : {}
  return fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(ASK_TIMEOUT_MS) })
}

const ModelList = z.object({ data: z.array(z.object({ id: z.string() })) })

async function judgeModels(answer: Response, model: string): Promise<Finding> {
  if (answer.status === 401 || answer.status === 403) {
    return wrong('model', `the gateway refuses us (${answer.status})`, 'set JANGAR_API_KEY to a key it knows')
  }
  const models = ModelList.safeParse(await answer.json().catch(() => null))
  if (!models.success)
    return wrong(
      'model',
      `no list of models (status ${answer.status})`,
      'check that JANGAR_BASE_URL is a Jangar gateway',
    )
  const names = models.data.data.map(({ id }) => plain(id, 60))
  if (names.includes(model)) return ok('model', `"${model}" is offered`)
  return wrong(
    'model',
    `"${model}" is not offered (${names.slice(0, 8).join(', ')})`,
    'set LLM_MODEL to one that is',
  )
}

function modelOf(env: NodeJS.ProcessEnv): string {
  return env['LLM_MODEL'] || (localDefaults(env)['LLM_MODEL'] ?? '')
}
