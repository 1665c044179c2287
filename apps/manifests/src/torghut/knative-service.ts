import { hashJson } from '@torghut/contracts'
import type { IService } from '@kubernetes-models/knative/serving.knative.dev/v1'

import type { Inputs } from '../inputs/read-values.ts'
import type { TrafficSplit } from '../inputs/traffic-split.ts'
import { environmentEntries } from './environment.ts'
import { labelsOf, selectorOf } from './names.ts'
import { baseContainer, serviceVolumes, variables } from './pod.ts'

/** Knative's own name for the first container; upstream tools look for it. */
export const API_CONTAINER = 'user-container'

/** Digits of the template's hash in a revision's name: 40 bits, for a few revisions a day. */
const REVISION_HASH_DIGITS = 10

/** The review API. Replicas share nothing but the database, so it scales between its bounds, never to zero. */
export function knativeService(inputs: Inputs): IService {
  const { api, namespace } = inputs.deploy
  const template = revisionTemplate(inputs)
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: api.name,
      namespace,
      labels: { ...labelsOf(api.name, 'review-api'), 'networking.knative.dev/visibility': 'cluster-local' },
    },
    spec: {
      template: { ...template, metadata: { ...template.metadata, name: nameOf(api.name, template) } },
      ...(inputs.traffic === null ? {} : { traffic: inputs.traffic.traffic.map(toTarget) }),
    },
  }
}

/** The name of the revision these inputs make: a traffic split may name it before it exists. */
export function revisionName(inputs: Inputs): string {
  return nameOf(inputs.deploy.api.name, revisionTemplate(inputs))
}

/** `latestRevision: false` is what Knative fills in: said here, the live object differs from Git in nothing. */
function toTarget({ revisionName: name, percent, tag }: TrafficSplit['traffic'][number]) {
  return { latestRevision: false, revisionName: name, percent, ...(tag === undefined ? {} : { tag }) }
}

/**
 * A revision is named by what it holds: a new pin or image makes a new name, the pin of last week makes last week's
 * name again, and a traffic split can name revisions that Git knows.
 */
function nameOf(service: string, template: object): string {
  return `${service}-${hashJson(JSON.parse(JSON.stringify(template))).slice(0, REVISION_HASH_DIGITS)}`
}

function revisionTemplate(inputs: Inputs) {
  const { deploy } = inputs
  const { api } = deploy
  const entries = environmentEntries(inputs, api.port, 'knative')
  const { volumes, mounts } = serviceVolumes(deploy, entries)
  return {
    metadata: {
      annotations: {
        'autoscaling.knative.dev/maxScale': api.maxScale.toString(),
        'autoscaling.knative.dev/minScale': api.minScale.toString(),
        'autoscaling.knative.dev/target': api.targetConcurrency.toString(),
      },
      labels: selectorOf(api.name),
    },
    spec: {
      automountServiceAccountToken: false,
      containerConcurrency: 0,
      containers: [
        {
          ...baseContainer(deploy, {
            name: API_CONTAINER,
            program: ['apps/review-api/src/main.ts'],
            resources: api.resources,
          }),
          env: variables(entries, deploy.tracingEndpoint),
          ports: [{ name: 'http1', containerPort: api.port }],
          livenessProbe: httpProbe('/healthz', api.port, { periodSeconds: 10, failureThreshold: 6 }),
          readinessProbe: httpProbe('/readyz', api.port, { periodSeconds: 5, failureThreshold: 2 }),
          startupProbe: httpProbe('/healthz', api.port, { periodSeconds: 5, failureThreshold: 18 }),
          volumeMounts: mounts,
        },
      ],
      enableServiceLinks: false,
      timeoutSeconds: api.requestTimeoutSeconds,
      volumes,
    },
  }
}

/** A probe by port number: Knative cannot parse a port's name, and a rollout hung on one. */
function httpProbe(
  path: string,
  port: number,
  patience: { periodSeconds: number; failureThreshold: number },
) {
  return { httpGet: { path, port }, timeoutSeconds: 2, ...patience }
}
