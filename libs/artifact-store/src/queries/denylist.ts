import { DenylistEntry, PROGRAM_KIND } from '@torghut/contracts'
import { and, asc, desc, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Client, Pool } from 'pg'

import { denylistEvents } from '../schema/denylist-events.ts'

/** Most events of a program that are read; a desk that denied more has another problem. */
const EVENTS_MAX = 5_000

/** A denial, or with `denied` false its clearing, as it is to be recorded. */
export interface DenialEntry {
  programName: string
  artifactHash: string
  denied: boolean
  source: DenylistEntry['source']
  actor: string
  reason: string
}

/** The artifacts of a program that are denied now. */
export async function listDeniedHashes(client: Pool | Client, programName: string): Promise<string[]> {
  const { artifact_hash, kind, program_name, id, denied } = denylistEvents
  const rows = await drizzle({ client })
    .selectDistinctOn([artifact_hash], { hash: artifact_hash, denied })
    .from(denylistEvents)
    .where(and(eq(kind, PROGRAM_KIND), eq(program_name, programName)))
    .orderBy(artifact_hash, desc(id))
  return rows.flatMap((row) => (row.denied ? [row.hash] : []))
}

/** Every denial of a program there ever was, newest first; a cleared one says by whom. */
export async function listDenylist(pool: Pool, programName: string): Promise<DenylistEntry[]> {
  const { kind, program_name, id } = denylistEvents
  const rows = await drizzle({ client: pool })
    .select()
    .from(denylistEvents)
    .where(and(eq(kind, PROGRAM_KIND), eq(program_name, programName)))
    .orderBy(asc(id))
    .limit(EVENTS_MAX)
  const entries: DenylistEntry[] = []
  for (const row of rows) {
    const at = row.at.toISOString()
    if (row.denied) entries.push(toEntry(row))
    else for (const entry of entries) clear(entry, row.artifact_hash, { cleared_by: row.actor, reason: row.reason, cleared_at: at })
  }
  return entries.reverse()
}

/** Records a denial or its clearing; the newest of an artifact counts. */
export async function saveDenial(pool: Pool, entry: DenialEntry): Promise<void> {
  const { programName, artifactHash, ...said } = entry
  const row = { kind: PROGRAM_KIND, program_name: programName, artifact_hash: artifactHash, ...said }
  await drizzle({ client: pool }).insert(denylistEvents).values(row)
}

function clear(entry: DenylistEntry, artifactHash: string, cleared: NonNullable<DenylistEntry['cleared']>): void {
  if (entry.artifact_hash === artifactHash) entry.cleared ??= cleared
}

function toEntry(row: typeof denylistEvents.$inferSelect): DenylistEntry {
  return DenylistEntry.parse({
    kind: row.kind,
    program_name: row.program_name,
    artifact_hash: row.artifact_hash,
    source: row.source,
    rollout_id: row.rollout_id,
    denied_by: row.actor,
    reason: row.reason,
    denied_at: row.at.toISOString(),
    cleared: null,
  })
}
