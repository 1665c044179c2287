import { ReviewAnswer } from '@torghut/contracts'
import { z } from 'zod'

import { callApi } from '../api/api-client.ts'
import { explainReview } from '../review/explain.ts'

const TIMEOUT_MS = 10_000

const Page = z.object({ items: z.array(ReviewAnswer) })

/**
 * One review of the replay as a tree: the newest in which the committee made the order smaller, since there the most can
 * be seen, else the newest it advised on. Null when no program was asked. Throws `CliError`.
 */
export async function explainOne(apiUrl: string): Promise<string | null> {
  for (const filter of ['advice_verdict=adjust', 'advice_verdict=approve', 'advice_verdict=veto']) {
    const path = `/v1/reviews?${filter}&limit=20`
    const { items } = Page.parse(await callApi({ url: apiUrl, apiKey: null }, { method: 'GET', path, timeoutMs: TIMEOUT_MS }))
    const told = items.find(({ provenance, fallback }) => fallback === null && (provenance?.nodes.length ?? 0) > 0)
    if (told !== undefined) return explainReview(told)
  }
  return null
}
