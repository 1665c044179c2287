import { objectKey } from '../objects/kubernetes-object.ts'
import type { KubernetesObject } from '../objects/kubernetes-object.ts'

/** Which container runs which image, by `object container`; Jobs inside of CronJobs and init containers too. */
export function containerImages(objects: readonly KubernetesObject[]): Record<string, string> {
  return Object.fromEntries(objects.flatMap((object) => imagesIn(object).map(([name, image]) => [`${objectKey(object)} ${name}`, image])))
}

/** Whatever has a name and an image is a container: no other field of a workload is called so. */
function imagesIn(value: unknown): [string, string][] {
  if (Array.isArray(value)) return value.flatMap(imagesIn)
  if (typeof value !== 'object' || value === null) return []
  const { name, image } = value as { name?: unknown; image?: unknown }
  const own: [string, string][] = typeof name === 'string' && typeof image === 'string' ? [[name, image]] : []
  return [...own, ...Object.values(value).flatMap(imagesIn)]
}
