import { hasTags } from '../cache/cache-tier.ts'
import type { CacheEntry, CacheTier } from '../cache/cache-tier.ts'
import type { RunCheckpoint, RunCheckpoints } from '../cache/run-checkpoints.ts'

export interface MemoryTier extends CacheTier {
  readonly entries: Map<string, CacheEntry>
}

/** A cache tier that keeps everything in a map, as the shared table would. */
export function memoryTier(): MemoryTier {
  const entries = new Map<string, CacheEntry>()
  return {
    entries,
    find: async (key) => entries.get(key),
    save: async (entry) => void entries.set(entry.key, entry),
    invalidate: async (filter) => {
      const meant = [...entries.values()].filter(({ tags }) => hasTags(tags, filter))
      for (const { key } of meant) entries.delete(key)
      return meant.length
    },
  }
}

/** Checkpoints in a map: of the same work the first output stays, as the port asks. */
export function memoryCheckpoints(): RunCheckpoints {
  const rows = new Map<string, RunCheckpoint>()
  return {
    load: async (runId) => [...rows.values()].filter((row) => row.runId === runId),
    save: async (checkpoint) => {
      const name = JSON.stringify([checkpoint.runId, checkpoint.nodeId])
      const kept = rows.get(name)
      const isSameWork = kept?.nodeVersion === checkpoint.nodeVersion && kept.inputHash === checkpoint.inputHash
      if (kept !== undefined && isSameWork) return kept
      rows.set(name, structuredClone(checkpoint))
      return checkpoint
    },
  }
}
