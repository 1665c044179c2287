import type { Inputs } from '../inputs/read-values.ts'
import { scrapeJob } from '../torghut/pod-monitors.ts'
import type { AlertFacts, AlertRule } from './alert-rule.ts'
import { availabilityAlerts } from './availability.ts'
import { contextAlerts } from './context.ts'
import { evaluationAlerts } from './evaluation.ts'
import { gateAlerts } from './gates.ts'
import { routerAlerts } from './router.ts'
import { transportAlerts } from './transport.ts'

/** Every alert of a deployment, family by family. */
export function alertRules(inputs: Inputs): AlertRule[] {
  const facts = alertFacts(inputs)
  return [
    ...availabilityAlerts(facts),
    ...contextAlerts(facts),
    ...evaluationAlerts(facts, inputs.lanes.periodHours),
    ...gateAlerts(facts),
    ...routerAlerts(facts),
    ...transportAlerts(facts),
  ]
}

/** What the expressions name of a deployment. */
export function alertFacts({ deploy, pins }: Inputs): AlertFacts {
  return {
    apiJob: scrapeJob(deploy, deploy.api.name),
    workerJob: scrapeJob(deploy, deploy.worker.name),
    artifactHash: pins.env['LLM_DSPY_ARTIFACT_HASH'] ?? '',
  }
}
