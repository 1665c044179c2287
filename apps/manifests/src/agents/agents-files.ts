import { Lane } from '@torghut/contracts'
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'

import { ScheduledLane } from '../inputs/lane-values.ts'
import type { Inputs } from '../inputs/read-values.ts'
import type { ManifestFile } from '../objects/kubernetes-object.ts'
import { labelsOf, selectorOf } from '../torghut/names.ts'
import { QUEUE_PROXY } from '../torghut/network-policies.ts'
import { LANES_NAME, laneCronJob, lanePlanConfigMap } from './lane-cron-jobs.ts'
import { implementationSpec } from './lane-specs.ts'

/** Everything of the application `agents`: the specs of the five lanes and what asks for their runs. */
export function agentsFiles(inputs: Inputs): ManifestFile[] {
  const { namespace } = inputs.lanes
  return [
    ...Lane.options.map((lane) => ({
      path: `${lane}-implementationspec.yaml`,
      object: implementationSpec(lane, namespace),
    })),
    ...ScheduledLane.options.map((lane) => ({
      path: `${lane}-cronjob.yaml`,
      object: laneCronJob(inputs, lane),
    })),
    { path: 'lane-plan-configmap.yaml', object: lanePlanConfigMap(inputs) },
    { path: 'lanes-networkpolicy.yaml', object: lanesNetworkPolicy(inputs) },
  ] as ManifestFile[]
}

/** A lane's job resolves names and posts to the review API through Knative; it is called by nobody. */
function lanesNetworkPolicy({ deploy, lanes }: Inputs): INetworkPolicy {
  const { network } = deploy
  const inNamespace = (name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  })
  const entrances = [
    ...new Set([network.knativeNamespace, ...network.ingressNamespaces, deploy.namespace]),
  ].sort()
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: LANES_NAME, namespace: lanes.namespace, labels: labelsOf(LANES_NAME, 'lane-plan') },
    spec: {
      podSelector: { matchLabels: selectorOf(LANES_NAME) },
      policyTypes: ['Egress', 'Ingress'],
      egress: [
        {
          to: [inNamespace('kube-system')],
          ports: [
            { port: 53, protocol: 'TCP' },
            { port: 53, protocol: 'UDP' },
          ],
        },
        {
          to: entrances.map(inNamespace),
          ports: [80, 8080, ...QUEUE_PROXY.traffic].map((port) => ({ port, protocol: 'TCP' as const })),
        },
      ],
    },
  }
}
