import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1'

import type { DeployValues } from '../inputs/deploy-values.ts'
import { labelsOf, selectorOf } from './names.ts'

/**
 * At most one pod of a workload goes at a time. A smallest number left would block draining a node that holds the only
 * replica for ever.
 */
export function disruptionBudget(
  deploy: DeployValues,
  name: string,
  component: string,
): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: deploy.namespace, labels: labelsOf(name, component) },
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(name) } },
  }
}
