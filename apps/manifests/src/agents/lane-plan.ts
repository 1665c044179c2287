import { agentRunRequest, parseAgentRunRequest } from '@torghut/contracts'

import { ContractBrokenError } from '../errors.ts'
import { ScheduledLane } from '../inputs/lane-values.ts'
import type { Inputs } from '../inputs/read-values.ts'
import type { LanePlan } from '../lane-post/lane-plan.ts'
import { runOf } from '../lane-post/lane-plan.ts'

/**
 * What a scheduled run posts, with everything filled in but its slot. Throws `ContractBrokenError` when a run made from
 * it would be refused.
 */
export function lanePlan({ lanes, pins }: Inputs): LanePlan {
  const pinned = (name: string) => pins.env[name] ?? ''
  const fill = (parameters: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      // Sorted, so that the order of keys in the values changes no byte of the plan.
      Object.keys(parameters)
        .sort()
        .map((name) => [
          name,
          (parameters[name] ?? '')
            .replaceAll('${artifactHash}', pinned('LLM_DSPY_ARTIFACT_HASH'))
            .replaceAll('${metricPolicyRef}', pinned('LLM_DSPY_COMPILE_METRICS_POLICY_REF')),
        ]),
    )
  const plan: LanePlan = {
    periodHours: lanes.periodHours,
    runPrefix: lanes.runPrefix,
    secretBindingRef: pinned('LLM_DSPY_SECRET_BINDING_REF'),
    ttlSeconds: Number(pinned('LLM_DSPY_AGENTRUN_TTL_SECONDS')),
    lanes: Object.fromEntries(
      ScheduledLane.options.map((lane) => [lane, fill({ ...lanes.shared, ...lanes.lanes[lane].parameters })]),
    ),
  }
  const problems = ScheduledLane.options.flatMap((lane) => runProblems(plan, lane))
  if (problems.length > 0) throw new ContractBrokenError(problems)
  return plan
}

/** Any slot will do: whether a run is accepted does not depend on when it is posted. */
const SAMPLE_INSTANT = new Date(0)

function runProblems(plan: LanePlan, lane: ScheduledLane): string[] {
  const parsed = parseAgentRunRequest(agentRunRequest(runOf(plan, lane, SAMPLE_INSTANT)))
  return parsed.ok ? [] : parsed.issues.map(({ path, message }) => `lane ${lane}: ${path}: ${message}`)
}
