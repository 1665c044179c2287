import { z } from 'zod'

import { callApi } from '../api/api-client.ts'
import type { ApiTarget } from '../api/api-client.ts'
import { CliError } from '../errors.ts'

const CALL_TIMEOUT_MS = 10_000

/** The API's largest page, and more pages than anybody has artifacts. */
const PAGE_LIMIT = 500
const PAGES_MAX = 20

/** Only what the commands show; a newer API may say more. */
const Summary = z.object({
  artifact_hash: z.string(),
  program_name: z.string(),
  bytes: z.number(),
  created_at: z.string(),
})
export type ArtifactSummary = z.output<typeof Summary>

const View = Summary.extend({
  bytes_hash: z.string(),
  content: z.record(z.string(), z.unknown()).nullable(),
  verification: z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), kind: z.string(), stage: z.string() }),
    z.object({ ok: z.literal(false), code: z.string(), detail: z.string() }),
  ]),
  denied: z.boolean(),
})
export type ArtifactView = z.output<typeof View>

const Page = z.object({ items: z.array(Summary), next_cursor: z.string().nullable() })

const Prompts = z.object({
  review_id: z.string(),
  trade_decision_id: z.string(),
  artifact_hash: z.string(),
  nodes: z.array(
    z.object({
      node: z.string(),
      messages: z.array(z.object({ role: z.string(), content: z.string() })).nullable(),
      prompt_hash: z.string().nullable(),
      sent_hashes: z.array(z.string()),
      was_sent: z.boolean(),
    }),
  ),
})
export type ReviewPrompts = z.output<typeof Prompts>

/** Reads every page. */
export async function fetchArtifacts(target: ApiTarget): Promise<ArtifactSummary[]> {
  const items: ArtifactSummary[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const answer = await get(target, `/v1/artifacts?limit=${PAGE_LIMIT}${at}`, Page)
    items.push(...answer.items)
    cursor = answer.next_cursor
    if (cursor === null) return items
  }
  throw new CliError(`There are more than ${PAGES_MAX * PAGE_LIMIT} artifacts: read them from the API in pages`)
}

export function fetchArtifact(target: ApiTarget, hash: string): Promise<ArtifactView> {
  return get(target, `/v1/artifacts/${encodeURIComponent(hash)}`, View)
}

/** What each node was sent for a review, or would be sent by another artifact. */
export function fetchPrompts(target: ApiTarget, id: string, artifact: string | undefined): Promise<ReviewPrompts> {
  const query = artifact === undefined ? '' : `?artifact=${encodeURIComponent(artifact)}`
  return get(target, `/v1/reviews/${encodeURIComponent(id)}/prompts${query}`, Prompts)
}

/** Hash of the artifact the API's environment pins. */
export async function fetchPinned(target: ApiTarget): Promise<string> {
  const { artifact } = await get(target, '/v1/runtime', z.object({ artifact: z.object({ hash: z.string() }) }))
  return artifact.hash
}

/** Stores an artifact and returns its hash. */
export async function saveArtifact(target: ApiTarget, json: string): Promise<string> {
  const call = { method: 'POST', path: '/v1/artifacts', body: json, timeoutMs: CALL_TIMEOUT_MS } as const
  return read(await callApi(target, call), z.object({ artifact_hash: z.string() })).artifact_hash
}

async function get<Schema extends z.ZodType>(target: ApiTarget, path: string, schema: Schema): Promise<z.output<Schema>> {
  return read(await callApi(target, { method: 'GET', path, timeoutMs: CALL_TIMEOUT_MS }), schema)
}

function read<Schema extends z.ZodType>(answer: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new CliError('The API did not answer as expected: is it another version?')
}
