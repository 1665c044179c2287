import { fileURLToPath } from 'node:url'

import type { Store } from '@torghut/artifact-store'
import type { ReviewSubmission, RuntimeEnvironment } from '@torghut/contracts'
import { checkControls, controlsInForce } from '@torghut/gates'
import type { ControlsSnapshot } from '@torghut/gates'
import type { Logger, ReviewMetrics } from '@torghut/telemetry'

import { systemClock } from '../clock.ts'
import type { ReadinessCheck } from '../routes/health.ts'
import { GatePolicies } from './gate-policies.ts'
import { ThrottleKeeper } from './throttle-keeper.ts'

/** The policy that comes with the code. */
const COMMITTED_POLICY = fileURLToPath(new URL('../../../../config/gate-policy.yaml', import.meta.url))

export interface PolicyParts {
  logger: Logger
  metrics: Pick<ReviewMetrics, 'showGatePolicy'>
  store(): Store
  /** The hard switches as they were last read. */
  controls(): ControlsSnapshot
}

/** Joins the policy file, the throttles and the hard switches: what reviews are judged by besides the request. */
export function wirePolicies(environment: RuntimeEnvironment, { logger, metrics, store, controls }: PolicyParts) {
  const { policy: settings, policyFile } = environment
  const onUse = (policyHash: string) => metrics.showGatePolicy(policyHash)
  const policies = new GatePolicies({ path: policyFile ?? COMMITTED_POLICY, settings, logger, onUse })
  const throttles = new ThrottleKeeper({ store, clock: systemClock, logger })
  const snapshot = () => throttles.onto(controls())
  const readiness: ReadinessCheck[] = [
    { name: 'policy', check: () => Promise.resolve(policies.missing()) },
    { name: 'policy', check: () => Promise.resolve(policies.complaint()), advisory: true },
  ]
  return {
    policies,
    throttles,
    /** The hard switches with the throttles that wait to be stored. */
    controls: snapshot,
    /** Stores the policies that reviews name and the database lacks; null when it has them all. */
    save: () => (policies.isUnsaved ? policies.save(store()) : null),
    /** True when new risk of a decision is halted now. */
    isHalted: (submission: ReviewSubmission): boolean => {
      const now = snapshot()
      const isStopped = !checkControls(submission, now, settings.trading_mode).passed
      return isStopped || controlsInForce('throttle', submission, now).length > 0
    },
    readiness,
    /** Stores what is in force before anything else uses the store, and looks at the file from now on. */
    follow: async (opened: Store): Promise<void> => {
      await policies.save(opened)
      policies.follow(store)
    },
    close: (): void => {
      policies.close()
      throttles.close()
    },
  }
}
