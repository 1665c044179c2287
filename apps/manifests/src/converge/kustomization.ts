import { dirname, join } from 'node:path'

import { isScalar, isSeq } from 'yaml'
import type { Node, Scalar, YAMLSeq } from 'yaml'

import { itemsOf, mapAt, stringOf, valueOf } from './manifest.ts'
import type { Manifest } from './manifest.ts'

/** File names kustomize looks for in a folder, in its order. */
export const KUSTOMIZATION_NAMES: readonly string[] = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
]

/** A ConfigMap that kustomize makes from the lines of a kustomization. */
export interface GeneratedConfigMap {
  manifest: Manifest
  document: number
  path: readonly (string | number)[]
  name: string
  namespace: string | null
  /** `NAME=value` items. */
  literals: YAMLSeq<Node> | null
  /** Files it reads names from; what they say is not known here. */
  envFiles: readonly Node[]
}

/** A patch written inside a kustomization, with what it is limited to. */
export interface InlinePatch {
  manifest: Manifest
  node: Scalar<string>
  target: { kind?: string | undefined; name?: string | undefined }
}

/** What a kustomization says that can change the environment of a container. */
export interface Kustomization {
  manifest: Manifest
  namespace: string | null
  /** Files it takes in, by their id. */
  resources: readonly string[]
  patchFiles: readonly { id: string; target: InlinePatch['target'] }[]
  inlinePatches: readonly InlinePatch[]
  generated: readonly GeneratedConfigMap[]
}

/** Every kustomization among the files. */
export function kustomizationsOf(manifests: readonly Manifest[]): Kustomization[] {
  return manifests.flatMap((manifest) =>
    manifest.documents.flatMap((document, index) => {
      const root = mapAt(document.contents)
      if (root === null || !isKustomization(manifest, root)) return []
      return [kustomizationOf(manifest, index, root)]
    }),
  )
}

function isKustomization({ id }: Manifest, root: Node): boolean {
  const apiVersion = stringOf(root, 'apiVersion')
  if (apiVersion === undefined)
    return KUSTOMIZATION_NAMES.some((name) => id === name || id.endsWith(`/${name}`))
  return apiVersion.startsWith('kustomize.config.k8s.io/')
}

function kustomizationOf(manifest: Manifest, document: number, root: Node): Kustomization {
  const idOf = (path: string) => join(dirname(manifest.id), path)
  const files = (key: string) =>
    itemsOf(valueOf(root, key)).flatMap((item) =>
      isText(item) && !item.value.includes('\n') ? [idOf(item.value)] : [],
    )
  const patches = ['patches', 'patchesJson6902'].flatMap((key) => itemsOf(valueOf(root, key)))
  const merges = itemsOf(valueOf(root, 'patchesStrategicMerge'))
  const whole = merges.flatMap((node) =>
    isText(node) && node.value.includes('\n') ? [{ manifest, node, target: {} }] : [],
  )
  return {
    manifest,
    namespace: stringOf(root, 'namespace') ?? null,
    resources: [...files('resources'), ...files('bases'), ...files('components')],
    patchFiles: [
      ...files('patchesStrategicMerge').map((id) => ({ id, target: {} })),
      ...patches.flatMap((patch) => patchFile(patch, idOf)),
    ],
    inlinePatches: [...whole, ...patches.flatMap((patch) => inlinePatch(manifest, patch))],
    generated: generatedOf(manifest, document, root),
  }
}

function patchFile(
  patch: Node,
  idOf: (path: string) => string,
): { id: string; target: InlinePatch['target'] }[] {
  const path = stringOf(patch, 'path')
  return path === undefined ? [] : [{ id: idOf(path), target: targetOf(patch) }]
}

function inlinePatch(manifest: Manifest, patch: Node): InlinePatch[] {
  const node = valueOf(patch, 'patch')
  return isText(node) ? [{ manifest, node, target: targetOf(patch) }] : []
}

function targetOf(patch: Node): InlinePatch['target'] {
  const target = valueOf(patch, 'target')
  return { kind: stringOf(target, 'kind'), name: stringOf(target, 'name') }
}

function generatedOf(manifest: Manifest, document: number, root: Node): GeneratedConfigMap[] {
  return itemsOf(valueOf(root, 'configMapGenerator')).flatMap((item, index) => {
    const name = stringOf(item, 'name')
    if (name === undefined) return []
    const literals = valueOf(item, 'literals')
    const env = valueOf(item, 'env')
    return [
      {
        manifest,
        document,
        path: ['configMapGenerator', index],
        name,
        namespace: stringOf(item, 'namespace') ?? null,
        literals: isSeq(literals) ? (literals as YAMLSeq<Node>) : null,
        envFiles: [...itemsOf(valueOf(item, 'envs')), ...(isText(env) ? [env] : [])],
      },
    ]
  })
}

function isText(node: unknown): node is Scalar<string> {
  return isScalar(node) && typeof node.value === 'string'
}
