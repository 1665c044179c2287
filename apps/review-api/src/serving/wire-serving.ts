import type { Store } from '@torghut/artifact-store'
import type { RuntimeEnvironment } from '@torghut/contracts'
import type { Logger } from '@torghut/telemetry'

import type { Clock } from '../clock.ts'
import { ServingArtifact } from '../review/serving-artifact.ts'
import { ArtifactLoader } from './artifact-loader.ts'
import { RolloutDesk } from './rollout-desk.ts'
import { RolloutView } from './rollout-view.ts'

export interface ServingWires {
  store(): Store
  /** Where artifacts are read; the built-in ones are there before the database is. */
  artifacts: Pick<Store, 'findOptionalArtifact'>
  clock: Clock
}

/** The parts that decide which artifact serves, and what the routes need of them. */
export function wireServing(environment: RuntimeEnvironment, { store, artifacts, clock }: ServingWires) {
  const { programName, policy } = environment
  const loader = new ArtifactLoader(() => artifacts, environment, clock.monotonicMs)
  const rollouts = new RolloutView(clock)
  const serving = new ServingArtifact({ loader, rollouts, environment })
  return {
    serving,
    routes: {
      rollout: new RolloutDesk({ store, loader, environment }),
      loader,
      isDenied: (hash: string) => rollouts.isDenied(hash),
      programName,
    },
    /** A rollout that cannot go as it should is no reason to refuse reviews: the base serves. */
    readiness: { name: 'rollout', check: () => Promise.resolve(serving.complaint()), advisory: true },
    /** Resolves once rollouts and denials were read. */
    follow: (from: Store, logger: Logger) =>
      rollouts.follow(from, {
        programName,
        mode: policy.trading_mode,
        logger,
        onRead: (routing) => serving.prepare(routing),
      }),
  }
}
