import { sha256Hex } from '@torghut/contracts'
import { and, desc, eq, lt, or, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'

import { CursorInvalidError } from '../errors.ts'
import { programArtifacts } from '../schema/program-artifacts.ts'

export interface ArtifactName {
  kind: string
  programName: string
  artifactHash: string
}

export interface NewArtifact {
  kind: string
  programName: string
  bytes: Uint8Array
}

/** What a list tells of an artifact; what is in it only its bytes say. */
export interface ArtifactListItem {
  kind: string
  programName: string
  artifactHash: string
  bytesCount: number
  createdAt: string
}

export interface ArtifactPage {
  items: ArtifactListItem[]
  nextCursor: string | null
}

/** Most rows of one page (wire limit of every list). */
const LIMIT_MAX = 500

/** Keeps an artifact's bytes and returns their hash; saving it again changes nothing. */
export async function saveArtifact(pool: Pool, artifact: NewArtifact): Promise<string> {
  const artifactHash = sha256Hex(artifact.bytes)
  await drizzle({ client: pool })
    .insert(programArtifacts)
    .values({
      kind: artifact.kind,
      program_name: artifact.programName,
      artifact_hash: artifactHash,
      bytes: Buffer.from(artifact.bytes),
    })
    .onConflictDoNothing()
  return artifactHash
}

/** The bytes of an artifact; whoever runs it checks them against the hash again. */
export async function findOptionalArtifact(pool: Pool, name: ArtifactName): Promise<Buffer | undefined> {
  const { kind, program_name, artifact_hash } = programArtifacts
  const [row] = await drizzle({ client: pool })
    .select()
    .from(programArtifacts)
    .where(and(eq(kind, name.kind), eq(program_name, name.programName), eq(artifact_hash, name.artifactHash)))
  return row?.bytes
}

/** An artifact found by its hash alone; the same bytes have one hash whatever they are filed under. */
export async function findOptionalArtifactByHash(
  pool: Pool,
  artifactHash: string,
): Promise<(ArtifactListItem & { bytes: Buffer }) | undefined> {
  const [row] = await drizzle({ client: pool })
    .select({ ...LISTED, bytes: programArtifacts.bytes })
    .from(programArtifacts)
    .where(eq(programArtifacts.artifact_hash, artifactHash))
    .limit(1)
  return row === undefined ? undefined : { ...toItem(row), bytes: row.bytes }
}

/** Newest first. Throws `CursorInvalidError`. */
export async function listArtifacts(
  pool: Pool,
  page: { limit?: number; cursor?: string | undefined } = {},
): Promise<ArtifactPage> {
  const limit = Math.min(Math.max(Math.trunc(page.limit ?? 50), 1), LIMIT_MAX)
  const { created_at, artifact_hash } = programArtifacts
  const rows = await drizzle({ client: pool })
    .select(LISTED)
    .from(programArtifacts)
    .where(page.cursor === undefined ? undefined : before(readCursor(page.cursor)))
    .orderBy(desc(created_at), desc(artifact_hash))
    .limit(limit + 1)
  const items = rows.slice(0, limit).map(toItem)
  const last = items.at(-1)
  return { items, nextCursor: rows.length <= limit || last === undefined ? null : writeCursor(last) }
}

const LISTED = {
  kind: programArtifacts.kind,
  program_name: programArtifacts.program_name,
  artifact_hash: programArtifacts.artifact_hash,
  bytes_count: sql<number>`octet_length(${programArtifacts.bytes})`,
  created_at: programArtifacts.created_at,
}

interface ListedRow {
  kind: string
  program_name: string
  artifact_hash: string
  bytes_count: number
  created_at: Date
}

function toItem(row: ListedRow): ArtifactListItem {
  return {
    kind: row.kind,
    programName: row.program_name,
    artifactHash: row.artifact_hash,
    bytesCount: row.bytes_count,
    createdAt: row.created_at.toISOString(),
  }
}

function before({ createdAt, artifactHash }: Pick<ArtifactListItem, 'createdAt' | 'artifactHash'>) {
  const { created_at, artifact_hash } = programArtifacts
  const at = new Date(createdAt)
  return or(lt(created_at, at), and(eq(created_at, at), lt(artifact_hash, artifactHash)))
}

function writeCursor({ createdAt, artifactHash }: ArtifactListItem): string {
  return Buffer.from(`artifact ${createdAt} ${artifactHash}`).toString('base64url')
}

function readCursor(cursor: string): Pick<ArtifactListItem, 'createdAt' | 'artifactHash'> {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  const [, createdAt = '', artifactHash = ''] = /^artifact (\S{24}) ([0-9a-f]{64})$/.exec(text) ?? []
  if (Number.isNaN(Date.parse(createdAt))) throw new CursorInvalidError()
  return { createdAt, artifactHash }
}
