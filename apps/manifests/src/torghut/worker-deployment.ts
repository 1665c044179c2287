import type { IDeployment } from 'kubernetes-models/apps/v1'

import type { Inputs } from '../inputs/read-values.ts'
import { environmentEntries } from './environment.ts'
import { labelsOf, selectorOf } from './names.ts'
import { baseContainer, serviceVolumes, variables } from './pod.ts'

/** The container that runs lanes; pins name it. */
export const WORKER_CONTAINER = 'lifecycle-worker'

/** The lifecycle worker. Its jobs are fenced, so the old and the new pod may overlap for a moment during a rollout. */
export function workerDeployment(inputs: Inputs): IDeployment {
  const { worker, namespace } = inputs.deploy
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: worker.name, namespace, labels: labelsOf(worker.name, 'lifecycle-worker') },
    spec: {
      replicas: worker.replicas,
      revisionHistoryLimit: 5,
      selector: { matchLabels: selectorOf(worker.name) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels: labelsOf(worker.name, 'lifecycle-worker') },
        spec: podSpec(inputs),
      },
    },
  }
}

function podSpec(inputs: Inputs) {
  const { deploy } = inputs
  const { worker } = deploy
  const entries = environmentEntries(inputs, worker.port, 'pod')
  const { volumes, mounts } = serviceVolumes(deploy, entries)
  const http = (path: string) => ({
    httpGet: { path, port: worker.port },
    periodSeconds: 10,
    timeoutSeconds: 2,
  })
  return {
    automountServiceAccountToken: false,
    containers: [
      {
        ...baseContainer(deploy, {
          name: WORKER_CONTAINER,
          program: ['apps/lifecycle-worker/src/main.ts'],
          resources: worker.resources,
        }),
        env: variables(entries, deploy.tracingEndpoint),
        ports: [{ name: 'http', containerPort: worker.port }],
        livenessProbe: { ...http('/healthz'), failureThreshold: 6 },
        readinessProbe: { ...http('/readyz'), failureThreshold: 3 },
        startupProbe: { ...http('/healthz'), failureThreshold: 30 },
        volumeMounts: mounts,
      },
    ],
    enableServiceLinks: false,
    terminationGracePeriodSeconds: worker.stopSeconds,
    volumes,
  }
}
