import type { Store } from '@torghut/artifact-store'
import type { RuntimeEnvironment } from '@torghut/contracts'
import type { ResourceKind } from '@torghut/programs'
import { ProgramMetrics } from '@torghut/telemetry'
import type { ReviewMetrics } from '@torghut/telemetry'

import { systemClock } from '../clock.ts'
import { runResources } from '../review/run-resources.ts'
import { ProgramCaches } from './program-caches.ts'

/** What all program runs of this process share, with its figures among the metrics. */
export function wireRuns({ circuit }: RuntimeEnvironment, { store, metrics }: { store(): Store; metrics: ReviewMetrics }) {
  const caches = new ProgramCaches({ store, now: () => systemClock.now().getTime() })
  const resources = runResources(circuit, systemClock.monotonicMs)
  const { budget, nodeBreakers } = resources
  const shown = new ProgramMetrics(metrics.registry, () => ({
    caches: caches.counts(),
    budget: budget.held(),
    openNodes: nodeBreakers.openKeys(),
  }))
  return { caches, resources, onExceeded: (kind: ResourceKind) => shown.countExceeded(kind) }
}
