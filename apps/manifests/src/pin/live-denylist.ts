import { DenylistEntry } from '@torghut/contracts'
import { z } from 'zod'

import { fetchText } from '../check/fetch-text.ts'
import { ManifestsError } from '../errors.ts'

/** Only what is asked for; a newer API may say more. */
const Answer = z.object({ items: z.array(z.object(DenylistEntry.shape)) })

/**
 * The uncleared denial of an artifact by a running review API: a rollout that went back denies it there, minutes before
 * anybody commits. Throws `ManifestsError` when the API does not answer.
 */
export async function readLiveDenylist(url: string, apiKey: string | null, artifactHash: string) {
  const address = addressOf(url, '/v1/denylist')
  const parsed = Answer.safeParse(parseJson(await fetchText(address, apiKey)))
  if (!parsed.success) throw new ManifestsError(`${address} does not answer with a denylist`)
  return parsed.data.items.find(({ artifact_hash: denied, cleared }) => denied === artifactHash && cleared === null)
}

/** An address of a review API. Throws `ManifestsError` for what is no http address. */
export function addressOf(url: string, path: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(path, url).href
  throw new ManifestsError(`--url "${url}" is no http address`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
