import { ManifestsError } from '../errors.ts'
import { objectKey } from '../objects/kubernetes-object.ts'
import type { KubernetesObject } from '../objects/kubernetes-object.ts'
import { writeYaml } from '../objects/write-yaml.ts'
import { TREE_FOLDER } from './compare-committed.ts'
import { compared, finding } from './comparison.ts'
import type { Comparison, Finding } from './comparison.ts'
import { liveAsCommitted } from './live-as-committed.ts'
import { unifiedDiff } from './unified-diff.ts'

/** A committed file with the object it holds. */
export interface CommittedObject {
  path: string
  text: string
  object: KubernetesObject
}

/**
 * Holds live or rendered objects against the committed ones of the same kind and name. With `isComplete` a committed
 * object that is not live is drift too. Throws `ManifestsError` when nothing given is ours.
 */
export function compareLive(
  committed: readonly CommittedObject[],
  live: readonly KubernetesObject[],
  isComplete: boolean,
): Comparison {
  const byKey = new Map(committed.map((file) => [objectKey(file.object), file]))
  const keys = live.map(objectKey)
  if (!keys.some((key) => byKey.has(key)))
    throw new ManifestsError('None of the objects given with --live is in argocd/applications')
  const notes: string[] = []
  const findings = live.flatMap((object) => compareOne(byKey.get(objectKey(object)), object, notes))
  const missing = isComplete ? committed.filter(({ object }) => !keys.includes(objectKey(object))) : []
  const gone = missing.map(({ path, object }) =>
    finding(`${objectKey(object)} is in Git and not live`, `${TREE_FOLDER}/${path}`, 1),
  )
  return compared('committed-live', [...findings, ...gone], notes)
}

function compareOne(file: CommittedObject | undefined, live: KubernetesObject, notes: string[]): Finding[] {
  const key = objectKey(live)
  if (file === undefined) return isOurs(live) ? [finding(`${key} is live and not in Git`)] : []
  const { object, ignored } = liveAsCommitted(file.object, live)
  notes.push(...ignored.map((path) => `${key}: ${path} differs; Argo CD ignores it and will not put it back`))
  const difference = unifiedDiff(
    { name: `committed/${file.path}`, text: writeYaml(file.object) },
    { name: `live/${file.path}`, text: writeYaml(object) },
  )
  if (difference === null) return []
  const message = hasTraffic(object) ? `${key} differs; ${TRAFFIC}` : `${key} differs`
  return [{ message, file: `${TREE_FOLDER}/${file.path}`, ...difference }]
}

const TRAFFIC = 'Argo CD ignores /spec/traffic, so it neither shows nor mends a split that is not in Git'

/** A split that is only live is still there after the projection. */
function hasTraffic(object: KubernetesObject & { spec?: { traffic?: unknown } }): boolean {
  return object.kind === 'Service' && object.spec?.traffic !== undefined
}

/** Objects of others that came along in a listing are none of our business. */
function isOurs({ metadata }: KubernetesObject): boolean {
  const labels = metadata?.['labels'] as Record<string, unknown> | undefined
  return labels?.['app.kubernetes.io/managed-by'] === 'torghut-manifests'
}
