import type { DeployValues } from '../inputs/deploy-values.ts'

/** Everything of ours carries these; what an object selects is a subset that never changes. */
export function labelsOf(name: string, component: string): Record<string, string> {
  return {
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/managed-by': 'torghut-manifests',
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': 'torghut-review-plane',
  }
}

/** Selects the pods of one workload. */
export function selectorOf(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name }
}

/** The image by digest, never by tag: what is reviewed is what runs. */
export function imageOf({ image }: DeployValues): string {
  return `${image.repository}@${image.digest}`
}

/** Where the image keeps the repository, and the Node that came with its lock file. */
export const WORKING_DIR = '/app'
export const NODE = '/app/node_modules/.bin/node'
