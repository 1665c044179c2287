import { LineCounter, isMap, isScalar, parseAllDocuments } from 'yaml'
import { z } from 'zod'

import { FileRefusedError } from '../errors.ts'
import { toValue } from '../inputs/read-values.ts'
import type { KubernetesObject } from '../objects/kubernetes-object.ts'

const AnyObject = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().optional(), namespace: z.string().optional() }).optional(),
})

const AnyList = z.looseObject({ items: z.array(AnyObject) })

/**
 * Every object of a text in YAML or JSON: one or many, lists opened. Throws `FileRefusedError` with the line of
 * what is no object of Kubernetes.
 */
export function readObjects(name: string, text: string): KubernetesObject[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  if ('empty' in documents) return []
  return documents.flatMap((document) => {
    const [fault] = document.errors
    if (fault !== undefined)
      throw new FileRefusedError(
        name,
        lines.linePos(fault.pos[0]).line,
        fault.message.split('\n', 1)[0] ?? '',
      )
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
      return []
    const line = lines.linePos(document.contents.range?.[0] ?? 0).line
    if (!isMap(document.contents)) throw new FileRefusedError(name, line, 'is no object of Kubernetes')
    return opened(name, line, toValue(name, document, 100))
  })
}

function opened(name: string, line: number, value: unknown): KubernetesObject[] {
  const object = AnyObject.safeParse(value)
  if (!object.success)
    throw new FileRefusedError(name, line, 'is no object of Kubernetes: it needs apiVersion and kind')
  if (!object.data.kind.endsWith('List')) return [object.data as KubernetesObject]
  const list = AnyList.safeParse(value)
  if (!list.success)
    throw new FileRefusedError(name, line, `the items of ${object.data.kind} are no objects of Kubernetes`)
  return list.data.items as KubernetesObject[]
}
