import { genesisHash } from '@torghut/contracts'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'

import { auditWriters } from '../schema/audit-writers.ts'

export interface WriterFacts {
  /** A random UUID of this process run; a chain is never continued by another run. */
  writerId: string
  engineVersion: string
  startedAt: Date
}

/** A writer as it is recorded. */
export interface RegisteredWriter extends WriterFacts {
  /** What the first row of its chain names as predecessor. */
  genesisHash: string
}

/** Records a writer and returns its genesis hash. Fails when the id is taken. */
export async function insertWriter(pool: Pool, facts: WriterFacts): Promise<string> {
  const genesis = genesisHash(facts)
  await drizzle({ client: pool }).insert(auditWriters).values({
    writer_id: facts.writerId,
    engine_version: facts.engineVersion,
    started_at: facts.startedAt,
    genesis_hash: genesis,
  })
  return genesis
}

/** Every writer there ever was, oldest first. */
export async function listWriters(pool: Pool): Promise<RegisteredWriter[]> {
  const rows = await drizzle({ client: pool })
    .select()
    .from(auditWriters)
    .orderBy(auditWriters.started_at, auditWriters.writer_id)
  return rows.map(toWriter)
}

export async function findOptionalWriter(pool: Pool, writerId: string): Promise<RegisteredWriter | undefined> {
  const [row] = await drizzle({ client: pool }).select().from(auditWriters).where(eq(auditWriters.writer_id, writerId))
  return row === undefined ? undefined : toWriter(row)
}

function toWriter(row: typeof auditWriters.$inferSelect): RegisteredWriter {
  return {
    writerId: row.writer_id,
    engineVersion: row.engine_version,
    startedAt: row.started_at,
    genesisHash: row.genesis_hash,
  }
}
