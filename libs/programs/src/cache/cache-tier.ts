import type { Sha256Hex } from '@torghut/contracts'

/** What entries can be invalidated by. */
export interface CacheTags {
  /** The program, or the family of validators. */
  scope: string
  /** The node, or the validator. */
  subject: string
  version: string
}

/** Which entries are meant: those with all of the tags named here; none named means all. */
export type TagFilter = Partial<CacheTags>

/** One cached value, as text: whoever reads it gets a value of his own. */
export interface CacheEntry {
  key: Sha256Hex
  /** Canonical JSON. */
  text: string
  tags: CacheTags
  /** Milliseconds since 1970. */
  storedAtMs: number
}

/**
 * A slower, larger cache behind the memory of a process, shared by all of them. It may be away; a cache goes on
 * without.
 */
export interface CacheTier {
  find(key: Sha256Hex): Promise<CacheEntry | undefined>
  /** The same key again replaces what was there. */
  save(entry: CacheEntry): Promise<void>
  /** Removes what the filter means and returns how many. */
  invalidate(filter: TagFilter): Promise<number>
}

export function hasTags(tags: CacheTags, { scope, subject, version }: TagFilter): boolean {
  return (
    (scope === undefined || scope === tags.scope) &&
    (subject === undefined || subject === tags.subject) &&
    (version === undefined || version === tags.version)
  )
}
