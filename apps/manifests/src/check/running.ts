import { z } from 'zod'

import { fetchText } from './fetch-text.ts'
import { ManifestsError } from '../errors.ts'

const Value = z.union([z.string(), z.number(), z.boolean()]).nullable()

/** What `GET /v1/runtime` tells, as far as drift needs it. */
export const RunningView = z.object({
  environment: z.record(z.string(), Value),
  artifact: z.object({
    hash: z.string(),
    kind: z.string().nullable(),
    verified: z.boolean(),
    reason: z.string().nullable(),
  }),
  image_digest: z.string().nullable(),
})
export type RunningView = z.output<typeof RunningView>

/** Asks a review API what it runs. Throws `ManifestsError` when it does not answer in time or not in this shape. */
export async function readRunning(url: string, apiKey: string | null): Promise<RunningView> {
  const address = new URL('/v1/runtime', url).href
  const parsed = RunningView.safeParse(parseJson(address, await fetchText(address, apiKey)))
  if (!parsed.success)
    throw new ManifestsError(
      `${address} does not answer as a review API: ${parsed.error.issues[0]?.message ?? ''}`,
    )
  return parsed.data
}

function parseJson(address: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ManifestsError(`${address} does not answer in JSON`, { cause: error })
  }
}
