import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor'
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule'
import { Service } from '@kubernetes-models/knative/serving.knative.dev/v1/Service'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { CronJob } from 'kubernetes-models/batch/v1/CronJob'
import { Job } from 'kubernetes-models/batch/v1/Job'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'

import { ObjectInvalidError } from '../errors.ts'
import { ImplementationSpec } from './implementation-spec.ts'
import { objectKey } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { Kustomization } from './kustomization.ts'

/**
 * The schema of every kind we write. The models carry the published schemas of Kubernetes, Knative Serving and the
 * Prometheus operator inside their npm packages, so that nothing is fetched.
 */
const MODELS = [
  ConfigMap,
  CronJob,
  Deployment,
  Job,
  NetworkPolicy,
  PodDisruptionBudget,
  PodMonitor,
  PrometheusRule,
  Service,
]

const OWN_SCHEMAS = [ImplementationSpec, Kustomization]

/** Holds an object against the schema of its kind. Throws `ObjectInvalidError`, also for a kind nobody knows. */
export function validateObject(object: KubernetesObject): void {
  const Model = MODELS.find((model) => model.is(object))
  if (Model !== undefined) return validateModel(() => new Model(object as never).validate(), object)
  const own = OWN_SCHEMAS.find(
    ({ shape }) => shape.apiVersion.value === object.apiVersion && shape.kind.value === object.kind,
  )
  if (own === undefined)
    throw new ObjectInvalidError(
      objectKey(object),
      `there is no schema for ${object.apiVersion} ${object.kind}`,
    )
  const parsed = own.safeParse(object)
  if (parsed.success) return
  const [issue] = parsed.error.issues
  throw new ObjectInvalidError(
    objectKey(object),
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not usable'}`,
  )
}

function validateModel(validate: () => void, object: KubernetesObject): void {
  try {
    validate()
  } catch (error) {
    throw new ObjectInvalidError(objectKey(object), (error as Error).message, { cause: error })
  }
}
