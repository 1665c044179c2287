import { agentsFiles } from './agents/agents-files.ts'
import { ContractBrokenError } from './errors.ts'
import { contradictions } from './inputs/contradictions.ts'
import type { Inputs } from './inputs/read-values.ts'
import type { KubernetesObject, ManifestFile } from './objects/kubernetes-object.ts'
import { kustomization } from './objects/kustomization.ts'
import { validateObject } from './objects/validate-object.ts'
import { writeYaml } from './objects/write-yaml.ts'
import { torghutFiles } from './torghut/torghut-files.ts'

/** The folders below `argocd/applications` that are ours from the first file to the last. */
export const APPLICATIONS = ['agents', 'torghut'] as const
export type Application = (typeof APPLICATIONS)[number]

/** One file of the tree: its path below `argocd/applications`, its bytes, and the object they say. */
export interface TreeFile {
  path: string
  text: string
  object: KubernetesObject
}

/**
 * Writes the whole tree in memory, sorted by path, every object held against its schema. Same inputs, same bytes,
 * whatever the time, the machine or the order of keys. Throws `ContractBrokenError` and `ObjectInvalidError`.
 */
export function generateTree(inputs: Inputs): TreeFile[] {
  const problems = contradictions(inputs)
  if (problems.length > 0) throw new ContractBrokenError(problems)
  const files = [
    ...application('agents', inputs.lanes.namespace, agentsFiles(inputs)),
    ...application('torghut', inputs.deploy.namespace, torghutFiles(inputs)),
  ]
  for (const { object } of files) validateObject(object)
  return files.sort((left, right) => (left.path < right.path ? -1 : 1))
}

function application(name: Application, namespace: string, files: readonly ManifestFile[]): TreeFile[] {
  const list = {
    path: 'kustomization.yaml',
    object: kustomization(
      namespace,
      files.map(({ path }) => path),
    ),
  }
  return [...files, list].map(({ path, object }) => ({
    path: `${name}/${path}`,
    text: writeYaml(object),
    object,
  }))
}
