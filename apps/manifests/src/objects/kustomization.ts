import { z } from 'zod'

/** The part of a kustomization we write: a plain list of files, no transformer that could rewrite a pin. */
export const Kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string().min(1),
  resources: z.array(z.string().regex(/^[a-z0-9-]+\.yaml$/)).min(1),
})
export type Kustomization = z.output<typeof Kustomization>

/** Lists the files of one application; every file names its namespace itself, and kustomize checks it. */
export function kustomization(namespace: string, paths: readonly string[]): Kustomization {
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace,
    resources: [...paths].sort(),
  }
}
