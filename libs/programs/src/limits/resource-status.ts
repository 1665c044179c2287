/** What a run of a program can use too much of. */
export type ResourceKind = 'calls' | 'tokens' | 'time' | 'memory' | 'concurrency'

/** Every kind, in the order they are checked and reported. */
export const RESOURCE_KINDS: readonly ResourceKind[] = ['calls', 'tokens', 'time', 'memory', 'concurrency']

/** How much one run may use; null is unlimited, and of zero any use is too much. */
export interface ResourceLimits {
  calls: number | null
  tokens: number | null
  timeMs: number | null
  memoryBytes: number | null
  /** Calls at once. */
  concurrency: number | null
  /** Share of a limit, 0 to 1, from which its status is `warning`. */
  warnAt: number
}

/** The limit of one kind, in its own unit. */
export function limitOf(limits: ResourceLimits, kind: ResourceKind): number | null {
  if (kind === 'time') return limits.timeMs
  return kind === 'memory' ? limits.memoryBytes : limits[kind]
}

export type ResourceStatus = 'ok' | 'warning' | 'exceeded'

/**
 * Exceeded strictly above the limit, a warning from its warning share on. What is not used at all warns of nothing.
 */
export function resourceStatus(used: number, limit: number | null, warnAt: number): ResourceStatus {
  if (limit === null || used === 0) return 'ok'
  if (used > limit) return 'exceeded'
  return used >= limit * warnAt ? 'warning' : 'ok'
}

/** The reason a run that used too much names beside the cause `resource_exceeded`. */
export function exceededReason(kind: ResourceKind): `resource_exceeded:${ResourceKind}` {
  return `resource_exceeded:${kind}`
}
