import type { Store } from '@torghut/artifact-store'
import { ArtifactKind, JsonMap, PROGRAM_KIND, Sha256, Stage, Timestamp, canonicalJson, inspectJson, sha256Hex, toValidationIssues } from '@torghut/contracts'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { ProblemError, validationProblem } from '../http/problems.ts'
import type { ArtifactLoader } from '../serving/artifact-loader.ts'

/** What a list tells of an artifact. */
export const ArtifactSummary = z.strictObject({
  artifact_hash: Sha256,
  kind: z.literal(PROGRAM_KIND),
  program_name: z.string(),
  bytes: z.int().min(0),
  created_at: Timestamp,
})
export type ArtifactSummary = z.output<typeof ArtifactSummary>

export const ArtifactPage = z.strictObject({ items: z.array(ArtifactSummary), next_cursor: z.string().nullable() })
export type ArtifactPage = z.output<typeof ArtifactPage>

/** An artifact, its content, and whether this server would serve it. */
export const ArtifactView = ArtifactSummary.extend({
  /** What the stored bytes hash to now; another hash than the name means they were changed. */
  bytes_hash: Sha256,
  /** Null when the stored bytes are not a JSON object. */
  content: JsonMap.nullable(),
  verification: z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), kind: ArtifactKind, stage: Stage }),
    z.strictObject({ ok: z.literal(false), code: z.string(), detail: z.string() }),
  ]),
  denied: z.boolean(),
})
export type ArtifactView = z.output<typeof ArtifactView>

export const SavedArtifact = z.strictObject({ artifact_hash: Sha256 })
export type SavedArtifact = z.output<typeof SavedArtifact>

export const ArtifactQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(256).optional(),
})

export interface ArtifactRouteDeps {
  store(): Pick<Store, 'listArtifacts' | 'findOptionalArtifactByHash' | 'saveArtifact'>
  loader: Pick<ArtifactLoader, 'verify'>
  isDenied(hash: string): boolean
  programName: string
}

/** `GET /v1/artifacts`, `GET /v1/artifacts/{hash}`, `POST /v1/artifacts`. Storing an artifact serves nothing. */
export function artifactRoutes(app: FastifyInstance, deps: ArtifactRouteDeps): void {
  app.get('/v1/artifacts', { config: { scope: 'read' } }, async (request): Promise<ArtifactPage> => {
    const query = ArtifactQuery.safeParse(request.query, { reportInput: true })
    if (!query.success) throw validationProblem(toValidationIssues(query.error))
    const { items, nextCursor } = await deps.store().listArtifacts(query.data)
    return { items: items.map(summaryOf), next_cursor: nextCursor }
  })

  app.get<{ Params: { hash: string } }>('/v1/artifacts/:hash', { config: { scope: 'read' } }, async (request): Promise<ArtifactView> => {
    const hash = Sha256.safeParse(request.params.hash)
    const stored = hash.success ? await deps.store().findOptionalArtifactByHash(hash.data) : undefined
    if (stored === undefined) {
      throw new ProblemError({ status: 404, code: 'not_found', detail: 'No artifact has this hash' })
    }
    return viewOf(stored, deps)
  })

  app.post('/v1/artifacts', { config: { scope: 'lifecycle' } }, async (request): Promise<SavedArtifact> => {
    const bytes = Buffer.from(readArtifact(request.body, deps))
    return { artifact_hash: await deps.store().saveArtifact({ kind: PROGRAM_KIND, programName: deps.programName, bytes }) }
  })
}

type StoredArtifact = NonNullable<Awaited<ReturnType<Store['findOptionalArtifactByHash']>>>

function summaryOf(item: Omit<StoredArtifact, 'bytes'>): ArtifactSummary {
  const { artifactHash, programName, bytesCount, createdAt } = item
  return { artifact_hash: artifactHash, kind: PROGRAM_KIND, program_name: programName, bytes: bytesCount, created_at: createdAt }
}

function viewOf(stored: StoredArtifact, { loader, isDenied }: ArtifactRouteDeps): ArtifactView {
  const { artifactHash, bytes } = stored
  const verified = loader.verify(bytes, artifactHash)
  return {
    ...summaryOf(stored),
    bytes_hash: sha256Hex(bytes),
    content: readObject(bytes),
    verification: verified.ok
      ? { ok: true, kind: verified.artifact.kind, stage: verified.artifact.stage }
      : { ok: false, code: verified.code, detail: verified.detail },
    denied: isDenied(artifactHash),
  }
}

function readObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    return JsonMap.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return null
  }
}

/** The canonical bytes of a program this server could run, were it promoted. Throws `ProblemError` 422 with its fault. */
function readArtifact(body: unknown, { loader }: ArtifactRouteDeps): string {
  const unsafe = inspectJson(body)
  if (unsafe.length > 0) throw validationProblem(unsafe)
  const text = canonicalJson(body)
  const verified = loader.verify(Buffer.from(text), sha256Hex(text))
  // A compiled program waits in the store for its promotion; nothing serves it before.
  if (verified.ok || verified.cause === 'artifact_not_promoted') return text
  throw validationProblem([{ path: '', code: verified.code, message: verified.detail }])
}
