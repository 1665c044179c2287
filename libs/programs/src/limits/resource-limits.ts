import type { ResourceLimits } from './resource-status.ts'

export { RunBudget } from './run-budget.ts'
export type { ActualUse, Exceeded, ProjectedUse, Reservation, RunUsage } from './run-budget.ts'
export { RESOURCE_KINDS, exceededReason } from './resource-status.ts'
export type { ResourceKind, ResourceLimits, ResourceStatus } from './resource-status.ts'

export type ResourcePreset = 'production' | 'development' | 'strict' | 'unlimited'

const MIB = 1024 * 1024

/** Model calls of one review: the committee's four with room for one re-ask and a second sample each. */
export const REVIEW_CALLS_MAX = 12

/** Limits of runs outside the review path. Sizes are those the typed program graph was specified with. */
export const RESOURCE_PRESETS: Readonly<Record<ResourcePreset, ResourceLimits>> = {
  production: {
    calls: 20,
    tokens: 200_000,
    timeMs: 600_000,
    memoryBytes: 2_048 * MIB,
    concurrency: 3,
    warnAt: 0.8,
  },
  development: {
    calls: 10,
    tokens: 50_000,
    timeMs: 120_000,
    memoryBytes: 1_024 * MIB,
    concurrency: 2,
    warnAt: 0.8,
  },
  strict: { calls: 5, tokens: 20_000, timeMs: 60_000, memoryBytes: 500 * MIB, concurrency: 1, warnAt: 0.7 },
  unlimited: { calls: null, tokens: null, timeMs: null, memoryBytes: null, concurrency: null, warnAt: 0.8 },
}

/** Limits of one review: production's, within the review's own time. */
export function reviewLimits(timeoutMs: number): ResourceLimits {
  return { ...RESOURCE_PRESETS.production, calls: REVIEW_CALLS_MAX, concurrency: 3, timeMs: timeoutMs }
}
