import { DenylistEntry } from '@torghut/contracts'
import { z } from 'zod'

/** Most denials kept; each is a rollback somebody had to explain. */
const ENTRIES_MAX = 1024

/** `config/deploy/denylist.json`: artifacts that no manifest may pin until a person clears them. Cleared entries stay. */
export const Denylist = z.strictObject({ entries: z.array(DenylistEntry).max(ENTRIES_MAX) })
export type Denylist = z.output<typeof Denylist>

/** The newest denial of an artifact that nobody cleared; undefined when it may be pinned. */
export function findDenial({ entries }: Denylist, artifactHash: string): DenylistEntry | undefined {
  return entries.findLast(({ artifact_hash: denied, cleared }) => denied === artifactHash && cleared === null)
}

/** Why an artifact is denied, for a message of one line. */
export function denialText({ denied_by: by, denied_at: at, reason }: DenylistEntry): string {
  return `denied by ${by} at ${at} (${reason}); a person lifts it with: torghut manifests denylist clear`
}
