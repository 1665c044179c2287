import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'

import type { DeployValues } from '../inputs/deploy-values.ts'
import { labelsOf, selectorOf } from './names.ts'

/**
 * Ports of Knative's queue-proxy, through which every request to a revision goes: HTTP/1, HTTP/2 and TLS for traffic,
 * the administration port the activator probes, and the two metrics ports the autoscaler and Prometheus read.
 */
export const QUEUE_PROXY = {
  traffic: [8012, 8013, 8112],
  admin: 8022,
  autoscalerMetrics: 9090,
  metrics: 9091,
}

/** Who may speak to the review API: Knative's own components, the named callers, and Prometheus. */
export function apiNetworkPolicy(deploy: DeployValues): INetworkPolicy {
  const { api, network } = deploy
  const knative = (app: string) => from(network.knativeNamespace, { app })
  return policy(deploy, api.name, 'review-api', [
    { from: [knative('activator')], ports: ports([...QUEUE_PROXY.traffic, QUEUE_PROXY.admin]) },
    { from: [knative('autoscaler')], ports: ports([QUEUE_PROXY.autoscalerMetrics]) },
    {
      from: [...network.ingressNamespaces, ...network.callerNamespaces].map((namespace) => from(namespace)),
      ports: ports(QUEUE_PROXY.traffic),
    },
    { from: [from(network.monitoringNamespace)], ports: ports([api.port, QUEUE_PROXY.metrics]) },
  ])
}

/** Nobody calls the worker but Prometheus; work reaches it through the database. */
export function workerNetworkPolicy(deploy: DeployValues): INetworkPolicy {
  const { worker, network } = deploy
  const scrapes = { from: [from(network.monitoringNamespace)], ports: ports([worker.port]) }
  return policy(deploy, worker.name, 'lifecycle-worker', [scrapes])
}

/** The migrations Job is called by nobody and reaches what the services reach. */
export function migrationsNetworkPolicy(deploy: DeployValues): INetworkPolicy {
  return policy(deploy, deploy.migrations.name, 'migrations', [])
}

type Spec = NonNullable<INetworkPolicy['spec']>
type Rules = NonNullable<Spec['ingress']>

/** A destination that is not named is not reached, so no second way to a model exists. */
function policy(deploy: DeployValues, name: string, component: string, ingress: Rules): INetworkPolicy {
  const { namespace, network } = deploy
  const destinations = Object.entries(network.destinations).sort(([left], [right]) => (left < right ? -1 : 1))
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: labelsOf(name, component) },
    spec: {
      podSelector: { matchLabels: selectorOf(name) },
      policyTypes: ['Egress', 'Ingress'],
      ingress,
      egress: destinations.map(([, peer]) => ({
        to: [from(peer.namespace, peer.labels)],
        ports: [
          ...ports(peer.ports),
          ...ports(
            peer.ports.filter((port) => port === DNS_PORT),
            'UDP',
          ),
        ],
      })),
    },
  }
}

const DNS_PORT = 53

function from(namespace: string, labels: Record<string, string> = {}) {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    ...(Object.keys(labels).length === 0 ? {} : { podSelector: { matchLabels: labels } }),
  }
}

function ports(numbers: readonly number[], protocol: 'TCP' | 'UDP' = 'TCP') {
  return numbers.map((port) => ({ port, protocol }))
}
