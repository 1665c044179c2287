import { isDeepStrictEqual } from 'node:util'

import type { KubernetesObject } from '../objects/kubernetes-object.ts'
import {
  ARGO_IGNORES,
  FILLED_IN,
  KEYED_LISTS,
  OWN_METADATA,
  SERVER_FIELDS,
  TEMPLATE_MARKS,
} from './live-defaults.ts'
import { milliQuantity } from './quantity.ts'

/** A live object in the words of Git, and what was left out of the comparison because Argo CD ignores it. */
export interface Projected {
  object: KubernetesObject
  ignored: string[]
}

/**
 * Takes off a live object what servers add and writes the rest as Git writes it: equal to the committed object exactly
 * when nothing differs that was chosen by somebody. A field only the live object has stays, unless it has the value a
 * server fills in.
 */
export function liveAsCommitted(committed: KubernetesObject, live: KubernetesObject): Projected {
  const isKnative = live.apiVersion.startsWith('serving.knative.dev/')
  const walk: Walk = { ignores: isKnative ? ARGO_IGNORES : [], ignored: [] }
  const own = Object.fromEntries(Object.entries(live).filter(([key]) => !SERVER_FIELDS.includes(key)))
  const object = project(committed, { ...own, metadata: ownMetadata(committed, live) }, [], walk)
  return { object: object as KubernetesObject, ignored: walk.ignored }
}

/** Of the object's own labels and annotations those count that Git sets: others are marks of tools. */
function ownMetadata({ metadata: wanted = {} }: KubernetesObject, { metadata = {} }: KubernetesObject) {
  const kept = Object.entries(metadata).filter(([key]) => OWN_METADATA.includes(key))
  return Object.fromEntries(
    kept.flatMap(([key, value]) => {
      if (!isRecord(value)) return [[key, value]]
      const names = isRecord(wanted[key]) ? Object.keys(wanted[key]) : []
      const marks = Object.entries(value).filter(([name]) => names.includes(name))
      return marks.length === 0 ? [] : [[key, Object.fromEntries(marks)]]
    }),
  )
}

type Path = readonly string[]

/** What Argo CD ignores of this object, and where that made a difference. */
interface Walk {
  ignores: readonly string[]
  ignored: string[]
}

function project(committed: unknown, live: unknown, path: Path, walk: Walk): unknown {
  const projected = projectValue(committed, live, path, walk)
  return differsUnseen(committed, projected, path, walk) ? committed : projected
}

function projectValue(committed: unknown, live: unknown, path: Path, walk: Walk): unknown {
  if (Array.isArray(committed) && Array.isArray(live)) return projectList(committed, live, path, walk)
  if (isRecord(committed) && isRecord(live)) return projectRecord(committed, live, path, walk)
  return sameQuantity(committed, live, path) ? committed : live
}

/** A difference where Argo CD does not look is noted, and then left out. */
function differsUnseen(
  committed: unknown,
  projected: unknown,
  path: Path,
  { ignores, ignored }: Walk,
): boolean {
  if (!ignores.some((pattern) => isAt(path, pattern)) || isDeepStrictEqual(committed, projected)) return false
  ignored.push(path.join('.'))
  return true
}

function projectRecord(
  committed: Record<string, unknown>,
  live: Record<string, unknown>,
  path: Path,
  walk: Walk,
) {
  const projected: Record<string, unknown> = {}
  for (const key of [
    ...Object.keys(committed),
    ...Object.keys(live).filter((name) => !(name in committed)),
  ]) {
    const at = [...path, key]
    if (key in committed && key in live) projected[key] = project(committed[key], live[key], at, walk)
    else if (key in committed) takeMissing(projected, key, committed[key], at)
    else if (!isAdded(live[key], at) && !differsUnseen(undefined, live[key], at, walk))
      projected[key] = live[key]
  }
  return projected
}

/** A server drops an empty list and a value it would fill in anyway. */
function takeMissing(projected: Record<string, unknown>, key: string, committed: unknown, path: Path): void {
  if (isEmptyList(committed) || isFilledIn(committed, path)) projected[key] = committed
}

/** True for what only the live object has and nobody chose. */
function isAdded(live: unknown, path: Path): boolean {
  if (isEmptyList(live) || isFilledIn(live, path)) return true
  const [group = '', key = ''] = path.slice(-2)
  if ((group === 'annotations' || group === 'labels') && TEMPLATE_MARKS.includes(key)) return true
  const isWrapper = key === 'annotations' || key === 'labels' || key === 'metadata'
  if (isWrapper && isRecord(live))
    return Object.entries(live).every(([name, value]) => isAdded(value, [...path, name]))
  // The job controller selects its pods by an id of its own.
  return key === 'selector' && JSON.stringify(live).includes('controller-uid')
}

function projectList(
  committed: readonly unknown[],
  live: readonly unknown[],
  path: Path,
  walk: Walk,
): unknown[] {
  const key = KEYED_LISTS[path.at(-1) ?? '']
  if (key === undefined)
    return live.map((item, index) => project(committed[index], item, [...path, '*'], walk))
  const rest = [...live]
  const matched = committed.flatMap((item) => {
    const index = rest.findIndex((candidate) => keyOf(candidate, key) === keyOf(item, key))
    if (index < 0) return []
    const [found] = rest.splice(index, 1)
    return [project(item, found, [...path, '*'], walk)]
  })
  return [...matched, ...rest]
}

function isFilledIn(value: unknown, path: Path): boolean {
  return FILLED_IN.some((filled) => isAt(path, `**.${filled.at}`) && isDeepStrictEqual(value, filled.value))
}

/** True when a path matches a pattern from its first step, or from anywhere behind `**`. */
function isAt(path: Path, pattern: string): boolean {
  const steps = pattern.split('.')
  const tail = steps[0] === '**' ? steps.slice(1) : steps
  if (steps[0] === '**' ? path.length < tail.length : path.length !== tail.length) return false
  const end = path.slice(-tail.length)
  return tail.every((step, index) => step === end[index])
}

/** `1000m` and `1`, `1024Mi` and `1Gi` are one amount; servers write the shorter. */
function sameQuantity(committed: unknown, live: unknown, path: Path): boolean {
  const isAmount = path.includes('limits') || path.includes('requests') || path.at(-1) === 'sizeLimit'
  const amount = isAmount ? milliQuantity(committed) : null
  return amount !== null && amount === milliQuantity(live)
}

function keyOf(item: unknown, key: string): unknown {
  return isRecord(item) ? item[key] : undefined
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
