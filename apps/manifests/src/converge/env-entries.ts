import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Alias, Node, Scalar, YAMLMap, YAMLSeq } from 'yaml'

import { itemsOf, pairOf, refusal, stringOf } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { Container } from './workload.ts'

/** One entry of an environment list that says its name. */
export interface EnvEntry {
  index: number
  name: string
  node: YAMLMap
}

/** The environment of a container as it is written; `seq` is null where there is none yet. */
export interface EnvList {
  seq: YAMLSeq | null
  entries: readonly EnvEntry[]
}

/**
 * Reads a container's `env`. Throws `FileRefusedError` where an alias or a merge hides an entry that may be
 * ours.
 */
export function readEnv({ object, node }: Container, isOurs: (name: string) => boolean): EnvList {
  const { manifest } = object
  const env = pairOf(node, 'env')?.value
  if (env === undefined || env === null || (isScalar(env) && env.value === null))
    return { seq: null, entries: [] }
  if (!isSeq(env)) {
    const what = isAlias(env) ? 'an alias of a list that stands elsewhere' : 'not a list'
    throw refusal(manifest, env, `Cannot edit "env": it is ${what}`)
  }
  const seq = env as YAMLSeq<Node>
  const entries = seq.items.flatMap((item, index) =>
    entryOf(object.manifest, object.document, item, index, isOurs),
  )
  return { seq, entries }
}

function entryOf(
  manifest: Manifest,
  document: number,
  item: Node,
  index: number,
  isOurs: (name: string) => boolean,
): EnvEntry[] {
  if (isAlias(item)) {
    const name = stringOf(originOf(manifest, document, item), 'name')
    if (name === undefined || !isOurs(name)) return []
    throw refusal(manifest, item, `Cannot edit ${name}: the entry is an alias`)
  }
  if (!isMap(item)) return []
  const node = item as YAMLMap
  const name = stringOf(node, 'name')
  if (pairOf(node, '<<') !== undefined && (name === undefined || isOurs(name))) {
    throw refusal(manifest, item, `Cannot edit ${name ?? 'an entry'} that is merged with another one ("<<")`)
  }
  return name === undefined ? [] : [{ index, name, node }]
}

/** What an alias stands for; undefined where it stands for nothing. */
export function originOf(manifest: Manifest, document: number, alias: Alias): Node | undefined {
  const parsed = manifest.documents[document]
  return parsed === undefined ? undefined : alias.resolve(parsed)
}

/** What an entry says: a scalar, an alias, something else (`other`), or nothing at all (null). */
export type EntryValue =
  | { kind: 'scalar'; node: Scalar }
  | { kind: 'alias'; node: Alias }
  | { kind: 'other'; node: Node }
  | null

/** The value of an entry as it is written. A `valueFrom` or `$patch` beside it is for the caller to look at. */
export function entryValue({ node }: EnvEntry): EntryValue {
  const value = pairOf(node, 'value')?.value
  if (value === undefined || value === null) return null
  if (isScalar(value)) return { kind: 'scalar', node: value }
  return isAlias(value) ? { kind: 'alias', node: value } : { kind: 'other', node: value }
}

/** The text an entry sets, where it sets one. */
export function entryText(manifest: Manifest, document: number, entry: EnvEntry): string | null {
  const value = entryValue(entry)
  const node = value?.kind === 'alias' ? originOf(manifest, document, value.node) : value?.node
  if (!isScalar(node) || node.value === null) return null
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}

/** The names a container's list has, in whatever form. */
export function namesIn({ node }: Container): string[] {
  return itemsOf(pairOf(node, 'env')?.value).flatMap((item) => stringOf(item, 'name') ?? [])
}
