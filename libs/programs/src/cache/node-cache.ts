import type { Sha256Hex } from '@torghut/contracts'
import { hashJson } from '@torghut/contracts'

import type { CacheTier, TagFilter } from './cache-tier.ts'
import { TieredCache } from './tiered-cache.ts'
import type { CacheCounts, CacheOptions, Cached, Compute } from './tiered-cache.ts'

/** Everything a node's output depends on. A part left out would let one configuration answer for another. */
export interface NodeCacheKey {
  artifactHash: Sha256Hex
  nodeId: string
  /** Signature and its version. */
  nodeVersion: string
  /** Hash of the canonical inputs. */
  inputsHash: Sha256Hex
  model: string
  /** Which of several draws on the same input: 0, 1, … */
  variant: number
  /** How inputs and instructions become messages. */
  adapterVersion: string
  /** The shape that is enforced on the answer. */
  schemaVersion: string
  /** What else is sent with a call, such as a temperature; empty when there is nothing else. */
  settings: Readonly<Record<string, string | number | boolean>>
}

/** The name of a node's cached output: equal parts, equal key, on any machine. */
export function nodeCacheKey(parts: NodeCacheKey): Sha256Hex {
  return hashJson({
    kind: 'node-result-v1',
    artifactHash: parts.artifactHash,
    nodeId: parts.nodeId,
    nodeVersion: parts.nodeVersion,
    inputsHash: parts.inputsHash,
    model: parts.model,
    variant: parts.variant,
    adapterVersion: parts.adapterVersion,
    schemaVersion: parts.schemaVersion,
    settings: parts.settings,
  })
}

/** Where node outputs are kept beyond the memory of a process. Tags: program, node, version. */
export type NodeCacheTier = CacheTier

/** Which outputs are meant; a part left out means any. */
export interface NodeCacheFilter {
  programName?: string
  nodeId?: string
  nodeVersion?: string
}

export interface NodeCacheRequest<Output> {
  programName: string
  key: NodeCacheKey
  /** Reads an output against the node's signature, fresh or stored; throws on one that does not fit. */
  parse: (output: unknown) => Output
  /** The caller's own. When it aborts, only this caller leaves. */
  signal: AbortSignal
}

/**
 * Outputs of nodes by everything they depend on, and nothing of the run that computed them: no execution id, no
 * state, no trace. On the live review path it is off unless the policy allows it; that is the caller's decision.
 */
export class NodeCache<Failure extends { ok: false }> {
  readonly #cache: TieredCache<Failure>

  constructor(options: CacheOptions) {
    this.#cache = new TieredCache(options)
  }

  /**
   * The output for a key. Of many who miss at once, one computes, on a signal that aborts when all of them left; its
   * failure is theirs and is not kept.
   */
  resolve<Output>(request: NodeCacheRequest<Output>, compute: Compute<Failure>): Promise<Cached<Output, Failure>> {
    const { programName, key, parse, signal } = request
    const tags = { scope: programName, subject: key.nodeId, version: key.nodeVersion }
    return this.#cache.resolve({ key: nodeCacheKey(key), tags, parse, signal }, compute)
  }

  /** Forgets what the filter means and returns how many outputs were in memory; an empty filter means all. */
  invalidate({ programName, nodeId, nodeVersion }: NodeCacheFilter): Promise<number> {
    return this.#cache.invalidate(namedTags({ scope: programName, subject: nodeId, version: nodeVersion }))
  }

  /** Resolves when no write to the tier is under way. */
  settled(): Promise<void> {
    return this.#cache.settled()
  }

  counts(): CacheCounts {
    return this.#cache.counts()
  }
}

function namedTags({ scope, subject, version }: { [Tag in keyof TagFilter]-?: string | undefined }): TagFilter {
  return {
    ...(scope === undefined ? {} : { scope }),
    ...(subject === undefined ? {} : { subject }),
    ...(version === undefined ? {} : { version }),
  }
}
