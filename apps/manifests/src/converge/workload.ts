import type { PinsFile } from '@torghut/contracts'
import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Node, YAMLMap, YAMLSeq } from 'yaml'

import { itemsOf, pairOf, refusal, stringOf, valueOf } from './manifest.ts'
import type { Manifest } from './manifest.ts'

export type PinTarget = PinsFile['targets'][number]

/** One object of a file with the path that leads to it in the plain value of its document. */
export interface ManifestObject {
  manifest: Manifest
  document: number
  path: readonly (string | number)[]
  node: YAMLMap
  group: string
  kind: string
  name: string
  /** Null where the object leaves it to kustomize or to the command line. */
  namespace: string | null
}

/** A container a pin names. */
export interface Container {
  object: ManifestObject
  target: PinTarget
  node: YAMLMap
  path: readonly (string | number)[]
}

/** Every object of a file that says what it is; the items of a `List` count as objects of their own. */
export function objectsOf(manifest: Manifest): ManifestObject[] {
  return manifest.documents.flatMap((document, index) => objectsAt(manifest, index, [], document.contents))
}

function objectsAt(
  manifest: Manifest,
  document: number,
  path: readonly (string | number)[],
  node: Node | null,
): ManifestObject[] {
  if (!isMap(node)) return []
  const map = node as YAMLMap
  const kind = stringOf(map, 'kind')
  const apiVersion = stringOf(map, 'apiVersion')
  if (kind === undefined || apiVersion === undefined) return []
  if (kind === 'List') {
    return itemsOf(valueOf(map, 'items')).flatMap((item, index) =>
      objectsAt(manifest, document, [...path, 'items', index], item),
    )
  }
  const metadata = valueOf(map, 'metadata')
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  const [name, namespace] = [stringOf(metadata, 'name') ?? '', stringOf(metadata, 'namespace') ?? null]
  return [{ manifest, document, path, node: map, group, kind, name, namespace }]
}

/** Where a pod is described in an object; a Knative Service, a Deployment and a Job agree. */
const POD_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}
const TEMPLATE_PATH = ['spec', 'template', 'spec']

/**
 * The container a pin names, or null when the object has none of that name. Init containers are never meant.
 * Throws `FileRefusedError` where the name fits twice, or where aliases and merges hide what the container
 * is.
 */
export function findContainer(object: ManifestObject, target: PinTarget): Container | null {
  const podPath = POD_PATHS[object.kind] ?? TEMPLATE_PATH
  const list = followPath(object, [...podPath, 'containers'])
  if (list === null) return null
  if (!isSeq(list)) throw refusal(object.manifest, list, 'Cannot edit "containers": it is not a list')
  const found = (list as YAMLSeq<Node>).items.flatMap((node, index) =>
    isNamed(object, node, target.container) ? [{ node: node as YAMLMap, index }] : [],
  )
  if (found.length > 1)
    throw refusal(
      object.manifest,
      found[1]?.node,
      `Cannot tell which container "${target.container}" is meant: it is there twice`,
    )
  const [only] = found
  if (only === undefined) return null
  const path = [...object.path, ...podPath, 'containers', only.index]
  return { object, target, node: only.node, path }
}

/**
 * A name written in place counts; one that comes from elsewhere could be the one looked for, so it is not
 * guessed.
 */
function isNamed({ manifest, document }: ManifestObject, node: Node, wanted: string): boolean {
  const parsed = manifest.documents[document]
  if (isAlias(node)) {
    const origin = parsed === undefined ? undefined : node.resolve(parsed)
    if (stringOf(origin, 'name') !== wanted) return false
    throw refusal(
      manifest,
      node,
      `Cannot edit container "${wanted}": it is an alias of what stands elsewhere`,
    )
  }
  const name = stringOf(node, 'name')
  if (!isMap(node) || (name !== undefined && name !== wanted)) return false
  if (pairOf(node as YAMLMap, '<<') === undefined) return name === wanted
  throw refusal(manifest, node, 'Cannot edit a container that is merged with another one ("<<")')
}

function followPath({ manifest, node }: ManifestObject, path: readonly string[]): Node | null {
  let at: Node | null | undefined = node
  for (const key of path) {
    at = valueOf(at, key)
    if (isAlias(at))
      throw refusal(manifest, at, `Cannot edit "${key}": it is an alias of what stands elsewhere`)
  }
  if (at === undefined || at === null || (isScalar(at) && at.value === null)) return null
  return at
}
