import type { IConfigMap } from 'kubernetes-models/v1'

import { alertFacts } from '../alerts/alert-rules.ts'
import { dashboardJson } from '../dashboard/panels.ts'
import { reviewPlaneRows } from '../dashboard/review-plane.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { labelsOf } from './names.ts'

/** The dashboard as Grafana's sidecar picks it up: a ConfigMap with this label. */
export function dashboardConfigMap(inputs: Inputs): IConfigMap {
  const name = `${inputs.deploy.api.name}-dashboard`
  const identity = { uid: 'torghut-review-plane', title: 'Torghut review plane' }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: inputs.deploy.namespace,
      labels: { ...labelsOf(name, 'dashboard'), grafana_dashboard: '1' },
    },
    data: { 'torghut-review-plane.json': dashboardJson(identity, reviewPlaneRows(alertFacts(inputs))) },
  }
}
