import type { KubernetesObject } from '../objects/kubernetes-object.ts'

type Json = Record<string, unknown>

/** A committed object as an API server gives it back: defaults filled in, marks of servers and controllers added. */
export function asServed(committed: KubernetesObject): KubernetesObject {
  const object = structuredClone(committed) as KubernetesObject & Json
  object.metadata = {
    ...object.metadata,
    annotations: {
      ...(object.metadata?.['annotations'] as Json),
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    },
    creationTimestamp: '2026-11-20T10:00:00Z',
    generation: 3,
    managedFields: [{ manager: 'argocd-controller' }],
    resourceVersion: '12345',
    uid: '6f1c1c1e-0000-4000-8000-000000000000',
  }
  object['status'] = { observedGeneration: 3 }
  const fill = FILL[object.kind]
  if (fill !== undefined && isJson(object['spec'])) fill(object['spec'], object)
  return object
}

const FILL: Record<string, (spec: Json, object: KubernetesObject & Json) => void> = {
  Service: (spec, object) => {
    object.metadata = {
      ...object.metadata,
      annotations: {
        'serving.knative.dev/creator': 'system:admin',
        'serving.knative.dev/lastModifier': 'argocd',
      },
    }
    spec['traffic'] = [{ latestRevision: true, percent: 100 }]
    fillPod(json(spec, 'template'))
  },
  Deployment: (spec) => {
    spec['progressDeadlineSeconds'] = 600
    json(spec, 'template', 'metadata')['annotations'] = {
      'kubectl.kubernetes.io/restartedAt': '2026-11-20T10:00:00Z',
    }
    fillPod(json(spec, 'template'))
    Object.assign(json(spec, 'template', 'spec'), {
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
    })
  },
  Job: (spec) => {
    Object.assign(spec, {
      completionMode: 'NonIndexed',
      completions: 1,
      parallelism: 1,
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
    })
    spec['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': 'x' } }
    Object.assign(json(spec, 'template', 'metadata', 'labels'), { 'controller-uid': 'x', 'job-name': 'y' })
    fillPod(json(spec, 'template'))
  },
  CronJob: (spec) => {
    json(spec, 'jobTemplate')['metadata'] = { creationTimestamp: null }
    fillPod(json(spec, 'jobTemplate', 'spec', 'template'))
  },
  NetworkPolicy: (spec) => {
    if (Array.isArray(spec['ingress']) && spec['ingress'].length === 0) delete spec['ingress']
  },
}

function fillPod(template: Json): void {
  json(template, 'metadata')['creationTimestamp'] = null
  const { containers, volumes } = json(template, 'spec') as { containers: Json[]; volumes: Json[] }
  for (const container of containers) {
    Object.assign(container, {
      imagePullPolicy: 'IfNotPresent',
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    })
    for (const port of (container['ports'] as Json[] | undefined) ?? []) port['protocol'] = 'TCP'
    for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
      const probe = container[name]
      if (!isJson(probe)) continue
      Object.assign(probe, { successThreshold: 1 })
      Object.assign(json(probe, 'httpGet'), { scheme: 'HTTP' })
    }
    const limits = json(container, 'resources', 'limits')
    if (limits['memory'] === '1Gi') limits['memory'] = '1024Mi'
  }
  for (const volume of volumes) if (isJson(volume['configMap'])) volume['configMap']['defaultMode'] = 420
}

function json(from: Json, ...path: string[]): Json {
  return path.reduce((at, key) => at[key] as Json, from)
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
