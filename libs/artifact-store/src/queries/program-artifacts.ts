import { sha256Hex } from '@torghut/contracts'
import { and, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'

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
