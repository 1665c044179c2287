import type { SourceRef } from '@torghut/contracts'

import { compareInstants } from '../time/instants.ts'

/** What was said about one datum, when: the first saying and every revision. */
export type SourceVersion = Pick<SourceRef, 'path' | 'source' | 'event_at' | 'known_at' | 'value_hash'> & {
  symbol: string
}

/** What was known when about the data a set rests on. */
export interface SourceHistory {
  /**
   * Hash of the latest version known by `at`; null when nobody had said anything, undefined for a datum it never heard
   * of.
   */
  hashKnownAt(datum: Omit<SourceVersion, 'known_at' | 'value_hash'>, at: string): string | null | undefined
}

/** A history in memory. Of two versions of one instant the first given counts: nobody can know both. */
export function sourceHistory(versions: Iterable<SourceVersion>): SourceHistory {
  const byDatum = new Map<string, SourceVersion[]>()
  for (const version of versions) {
    const known = byDatum.get(keyOf(version))
    if (known === undefined) byDatum.set(keyOf(version), [version])
    else known.push(version)
  }
  return {
    hashKnownAt: (datum, at) => {
      const known = byDatum.get(keyOf(datum))
      if (known === undefined) return undefined
      return latestBy(known, at)?.value_hash ?? null
    },
  }
}

function latestBy(versions: readonly SourceVersion[], at: string): SourceVersion | null {
  return versions.reduce<SourceVersion | null>((latest, version) => {
    if (compareInstants(version.known_at, at) > 0) return latest
    return latest === null || compareInstants(version.known_at, latest.known_at) > 0 ? version : latest
  }, null)
}

function keyOf({ symbol, path, source, event_at }: Omit<SourceVersion, 'known_at' | 'value_hash'>): string {
  return JSON.stringify([symbol, path, source, event_at])
}
