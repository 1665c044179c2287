/** Any object of the API, as far as everybody needs to know it. */
export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata?: { name?: string; namespace?: string } & Record<string, unknown>
}

/** One generated file: its name below the application's folder and the object it holds. */
export interface ManifestFile {
  path: string
  object: KubernetesObject
}

/** `kind.group namespace/name`: how one object is told from every other; the core group has no name. */
export function objectKey({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/', 1)[0] ?? ''}` : ''
  return `${kind}${group} ${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
}
