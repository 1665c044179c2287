import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'

import type { DeployValues } from '../inputs/deploy-values.ts'
import { labelsOf, selectorOf } from './names.ts'

/** What Knative calls the port of the user's container in a revision's pods, whatever the manifest calls it. */
export const KNATIVE_USER_PORT = 'user-port'

/** Seconds between two scrapes; alerts look at windows of five minutes and more. */
export const SCRAPE_INTERVAL_SECONDS = 30

/**
 * Prometheus asks the pods themselves: the Service of a Knative Service is an ExternalName without endpoints, and a
 * scrape through it would meet one replica by chance.
 */
export function podMonitor(
  deploy: DeployValues,
  workload: { name: string; component: string; port: string },
): IPodMonitor {
  const { name, component, port } = workload
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name, namespace: deploy.namespace, labels: labelsOf(name, component) },
    spec: {
      podMetricsEndpoints: [
        { port, path: '/metrics', interval: `${SCRAPE_INTERVAL_SECONDS}s`, scrapeTimeout: '10s' },
      ],
      selector: { matchLabels: selectorOf(name) },
    },
  }
}

/** The `job` label Prometheus gives to what a PodMonitor finds. */
export function scrapeJob(deploy: DeployValues, name: string): string {
  return `${deploy.namespace}/${name}`
}
