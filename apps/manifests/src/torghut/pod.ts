import type { IIoK8sApiCoreV1Container } from 'kubernetes-models/v1/Container'
import type { IIoK8sApiCoreV1EnvVar } from 'kubernetes-models/v1/EnvVar'
import type { IIoK8sApiCoreV1ResourceRequirements } from 'kubernetes-models/v1/ResourceRequirements'
import type { IIoK8sApiCoreV1SecurityContext } from 'kubernetes-models/v1/SecurityContext'
import type { IIoK8sApiCoreV1Volume } from 'kubernetes-models/v1/Volume'
import type { IIoK8sApiCoreV1VolumeMount } from 'kubernetes-models/v1/VolumeMount'

import type { DeployValues, SecretKey } from '../inputs/deploy-values.ts'
import type { ResourceAmounts } from '../inputs/resource-amounts.ts'
import { DATA_DIR, SECRET_FILES_ROOT } from './environment.ts'
import type { EnvironmentEntry } from './environment.ts'
import { NODE, WORKING_DIR, imageOf } from './names.ts'

/** An account of the image's own that owns nothing on the node. */
const NOBODY = 65_532

/**
 * No root, no new privileges, no capability, nothing to write to but the volumes. It stands at each container because
 * Knative refuses a security context of the pod unless a feature flag lets it pass.
 */
const CONTAINER_SECURITY: IIoK8sApiCoreV1SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsGroup: NOBODY,
  runAsNonRoot: true,
  runAsUser: NOBODY,
  seccompProfile: { type: 'RuntimeDefault' },
}

/** Readable by the container's account, which owns no file: without a group of the pod that takes "everybody". */
const SECRET_FILE_MODE = 0o444

const TEMPORARY_MOUNT: IIoK8sApiCoreV1VolumeMount = { mountPath: '/tmp', name: 'tmp' }
/** Node and its libraries expect a place for temporary files. */
export const TEMPORARY_VOLUME: IIoK8sApiCoreV1Volume = { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }

/** The part every container of ours has in common: which image, which program, how little it may do. */
export function baseContainer(
  deploy: DeployValues,
  container: { name: string; program: readonly string[]; resources: ResourceAmounts },
): IIoK8sApiCoreV1Container & { volumeMounts: IIoK8sApiCoreV1VolumeMount[] } {
  return {
    name: container.name,
    image: imageOf(deploy),
    command: [NODE, ...container.program],
    workingDir: WORKING_DIR,
    resources: requirementsOf(container.resources),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [TEMPORARY_MOUNT],
  }
}

/** The entries of the contract as variables. What the platform sets or nobody sets is left out. */
export function variables(
  entries: readonly EnvironmentEntry[],
  tracingEndpoint: string | null,
): IIoK8sApiCoreV1EnvVar[] {
  const contract = entries.flatMap((entry): IIoK8sApiCoreV1EnvVar[] => {
    if (entry.from === 'literal') return [{ name: entry.name, value: entry.value }]
    return entry.from === 'secret' ? [secretVariable(entry.name, entry.ref)] : []
  })
  if (tracingEndpoint === null) return contract
  const tracing = { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: tracingEndpoint }
  return [...contract, tracing].sort((left, right) => (left.name < right.name ? -1 : 1))
}

/** One value by reference. A manifest that says `optional` lets the pod start without it. */
export function secretVariable(name: string, { secret, key, optional }: SecretKey): IIoK8sApiCoreV1EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key, ...(optional ? { optional } : {}) } } }
}

/** The volumes of a service: its secret files, one folder a secret, the journal, and a place for temporary files. */
export function serviceVolumes(
  { secretFiles }: DeployValues,
  entries: readonly EnvironmentEntry[],
): { volumes: IIoK8sApiCoreV1Volume[]; mounts: IIoK8sApiCoreV1VolumeMount[] } {
  const secrets = [...new Set(Object.values(secretFiles).map(({ secret }) => secret))].sort()
  return {
    volumes: [
      ...secrets.map((secret) => secretVolume(secret, secretFiles)),
      journalVolume(entries),
      TEMPORARY_VOLUME,
    ],
    mounts: [
      ...secrets.map((name) => ({ name, mountPath: `${SECRET_FILES_ROOT}/${name}`, readOnly: true })),
      { name: JOURNAL, mountPath: DATA_DIR },
      TEMPORARY_MOUNT,
    ],
  }
}

const JOURNAL = 'journal'

/** Room beside the journal for what a file system needs: a pod whose volume overflows is evicted. */
const JOURNAL_SPARE_MIB = 64

function journalVolume(entries: readonly EnvironmentEntry[]): IIoK8sApiCoreV1Volume {
  const limit = entries.find(({ name }) => name === 'TORGHUT_JOURNAL_MAX_MIB')
  const journalMib = limit?.from === 'literal' ? Number(limit.value) : 0
  return { name: JOURNAL, emptyDir: { sizeLimit: `${journalMib + JOURNAL_SPARE_MIB}Mi` } }
}

/** CPU without a limit, memory with one. */
function requirementsOf({ cpu, memory, memoryLimit }: ResourceAmounts): IIoK8sApiCoreV1ResourceRequirements {
  return { requests: { cpu, memory }, limits: { memory: memoryLimit } }
}

/** Only the keys that are read. */
function secretVolume(secret: string, files: DeployValues['secretFiles']): IIoK8sApiCoreV1Volume {
  const keys = Object.values(files).filter((file) => file.secret === secret)
  const items = [...new Set(keys.map(({ key }) => key))].sort().map((key) => ({ key, path: key }))
  const optional = keys.every((file) => file.optional)
  return {
    name: secret,
    secret: { secretName: secret, defaultMode: SECRET_FILE_MODE, items, ...(optional ? { optional } : {}) },
  }
}
