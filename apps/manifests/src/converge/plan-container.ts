import { isScalar, visit } from 'yaml'
import type { Node, Scalar } from 'yaml'

import { coupledPins } from './coupled-names.ts'
import { entryText, entryValue, originOf, readEnv } from './env-entries.ts'
import type { EnvEntry, EnvList } from './env-entries.ts'
import { placesOf } from './env-order.ts'
import type { Place } from './env-order.ts'
import { envWarnings } from './env-warnings.ts'
import { insertBeside, insertFirst } from './insert-entry.ts'
import { lineOf, pairOf, refusal, stringOf } from './manifest.ts'
import type { Change, ChangeAt, Plan } from './plan.ts'
import { removalEffect } from './removal-effect.ts'
import { removeItems } from './remove-item.ts'
import { addValue, isStringOf, setScalar } from './set-scalar.ts'
import type { TextEdit } from './text-edit.ts'
import { isSecretName, namesUsedIn } from './wanted.ts'
import type { Wanted } from './wanted.ts'
import type { Container } from './workload.ts'

export interface ContainerWish {
  container: Container
  wanted: Wanted
  /** Names that need no entry here, because what `envFrom` brings says the right thing. */
  elsewhere: ReadonlySet<string>
  /** A patch only repeats what it changes: nothing is added to it. */
  isPatch: boolean
}

/**
 * Plans what brings a container's `env` to what is wanted. Throws `FileRefusedError` where that cannot be
 * done safely.
 */
export function planContainer(wish: ContainerWish): Plan {
  const { container, isPatch } = wish
  const isOurs = (name: string) => wish.wanted.has(name)
  const env = readEnv(container, isOurs)
  const { wanted, warnings } = coupledPins(container, env, wish.wanted)
  const setting = planValues(container, env, wanted)
  const absent = [...wanted].filter(
    ([name, value]) => value !== null && !env.entries.some((entry) => entry.name === name),
  )
  const missing = isPatch ? [] : (absent.filter(([name]) => !wish.elsewhere.has(name)) as [string, string][])
  const removing = planRemovals(container, env, wanted, missing.length > 0)
  const adding = planInsertions(container, env, new Map(missing), wanted)
  const parts = [setting, removing, adding]
  return {
    manifest: container.object.manifest,
    document: container.object.document,
    path: [...container.path, 'env'],
    edits: parts.flatMap(({ edits }) => edits),
    changes: parts.flatMap(({ changes }) => changes.map((change) => placed(container, change))),
    warnings: [...warnings, ...envWarnings(container, env, wanted)],
    expect: (before) => expectedEnv(before, wanted, adding.places),
  }
}

interface Part {
  edits: TextEdit[]
  changes: ChangeAt[]
}

function placed({ object, target }: Container, { node, ...change }: ChangeAt): Change {
  const where = `${object.kind} ${target.namespace}/${object.name} ${target.container}`
  return { line: lineOf(object.manifest, node?.range?.[0] ?? 0), where, ...change }
}

function planValues(container: Container, env: EnvList, wanted: Wanted): Part {
  const { manifest, document } = container.object
  const part: Part = { edits: [], changes: [] }
  for (const entry of env.entries) {
    const to = wanted.get(entry.name)
    if (to === undefined || to === null) continue
    refuseUnlessLiteral(container, env, entry)
    const edits = editsOf(container, env, wanted, entry, to)
    if (edits.length === 0) continue
    part.edits.push(...edits)
    const from = entryText(manifest, document, entry)
    part.changes.push({ node: entry.node, name: entry.name, action: 'set', from, to, notes: [] })
  }
  return part
}

function refuseUnlessLiteral(
  { object: { manifest } }: Container,
  env: EnvList,
  { name, node }: EnvEntry,
): void {
  const others = env.entries.filter((entry) => entry.name === name && entry.node !== node)
  if (others[0] !== undefined) {
    const line = lineOf(manifest, others[0].node.range?.[0] ?? 0)
    throw refusal(manifest, node, `Cannot edit ${name}: line ${line} sets it too, and only one can be meant`)
  }
  const valueFrom = pairOf(node, 'valueFrom')
  if (valueFrom !== undefined) {
    throw refusal(
      manifest,
      valueFrom.key,
      `Cannot pin ${name}: it takes its value from elsewhere (valueFrom)`,
    )
  }
  const patch = pairOf(node, '$patch')
  if (patch !== undefined)
    throw refusal(manifest, patch.key, `Cannot pin ${name}: this patch has a "$patch" directive for it`)
}

function editsOf(
  container: Container,
  env: EnvList,
  wanted: Wanted,
  entry: EnvEntry,
  to: string,
): TextEdit[] {
  const { manifest, document } = container.object
  const value = entryValue(entry)
  if (value === null) {
    return pairOf(entry.node, 'value') === undefined
      ? addValue(manifest, entry.node, to)
      : setScalar(manifest, entry.node, 'value', to)
  }
  if (value.kind === 'other')
    throw refusal(manifest, value.node, `Cannot pin ${entry.name}: its value is not a string`)
  if (value.kind === 'alias') {
    const origin = originOf(manifest, document, value.node)
    if (isScalar(origin) && isStringOf(origin, to)) return []
    if (isScalar(origin) && isSetTo(env, wanted, origin, to)) return []
    throw refusal(
      manifest,
      value.node,
      `Cannot pin ${entry.name}: its value is an alias (*${value.node.source})`,
    )
  }
  if (isStringOf(value.node, to)) return []
  refuseSharedAnchor(container, env, wanted, { entry, node: value.node, to })
  return setScalar(manifest, entry.node, 'value', to)
}

/** Whether a scalar is the value of an entry that is brought to this very string. */
function isSetTo(env: EnvList, wanted: Wanted, scalar: Scalar, to: string): boolean {
  return env.entries.some((entry) => entryValue(entry)?.node === scalar && wanted.get(entry.name) === to)
}

/** What an alias repeats changes in both places; that is fine only where both are to say the same. */
function refuseSharedAnchor(
  { object: { manifest, document } }: Container,
  env: EnvList,
  wanted: Wanted,
  { entry, node, to }: { entry: EnvEntry; node: Scalar; to: string },
): void {
  if (node.anchor === undefined) return
  const parsed = manifest.documents[document]
  if (parsed === undefined) return
  const follows = new Set<unknown>(
    env.entries.filter(({ name }) => wanted.get(name) === to).map((other) => entryValue(other)?.node),
  )
  visit(parsed, {
    Alias: (_key, alias) => {
      if (alias.resolve(parsed) !== node || follows.has(alias)) return
      const line = lineOf(manifest, alias.range?.[0] ?? 0)
      throw refusal(
        manifest,
        node,
        `Cannot pin ${entry.name}: line ${line} repeats its value (*${alias.source})`,
      )
    },
  })
}

function planRemovals(
  { object: { manifest, document } }: Container,
  env: EnvList,
  wanted: Wanted,
  isRefilled: boolean,
): Part {
  const leaving = env.entries.filter(
    ({ name, node }) => wanted.get(name) === null && !isDeletion(stringOf(node, '$patch')),
  )
  if (leaving.length === 0 || env.seq === null) return { edits: [], changes: [] }
  for (const entry of env.entries) {
    const used = namesUsedIn(entryText(manifest, document, entry) ?? '').find(
      (name) => wanted.get(name) === null,
    )
    if (used === undefined || !leaving.some(({ name }) => name === used) || leaving.includes(entry)) continue
    throw refusal(manifest, entry.node, `Cannot remove ${used}: ${entry.name} uses it as $(${used})`)
  }
  const indexes = leaving.map(({ index }) => index)
  const { edits, comments } = removeItems(manifest, env.seq, indexes, { isRefilled })
  const changes = leaving.map((entry): ChangeAt => {
    const text = entryText(manifest, document, entry)
    const from = text !== null && isSecretName(entry.name) ? '(a secret)' : text
    const comment = comments.get(entry.index)
    const notes = [removalEffect(entry.name, from)]
    if (comment !== undefined) notes.push(`the comment about it goes too: ${comment}`)
    return { node: entry.node, name: entry.name, action: 'remove', from, to: null, notes }
  })
  return { edits, changes }
}

function planInsertions(
  { object: { manifest, document }, node }: Container,
  env: EnvList,
  missing: ReadonlyMap<string, string>,
  wanted: Wanted,
): Part & { places: readonly Place[] } {
  const staying = env.entries
    .filter(({ name }) => wanted.get(name) !== null)
    .map((entry) => ({ ...entry, text: entryText(manifest, document, entry) }))
  const found = missing.size === 0 ? [] : placesOf(staying, missing)
  if (found === null)
    throw refusal(manifest, env.seq, 'Cannot find a place between the names that use each other')
  const end = endOf(env)
  const places = found.map(({ name, beside }) => ({ name, beside: beside ?? end }))
  const entryOf = (name: string) => ({ name, value: missing.get(name) ?? '' })
  const edits = places.flatMap(({ name, beside }) =>
    env.seq === null || beside === null ? [] : [insertBeside(manifest, env.seq, beside, entryOf(name))],
  )
  const first = places.filter(({ beside }) => beside === null).map(({ name }) => entryOf(name))
  if (first.length > 0) edits.push(...insertFirst(manifest, node, first))
  const changes = places.map(({ name, beside }): ChangeAt => {
    const near: Node | null =
      beside === null ? node : ((env.seq?.items[beside.index] as Node | undefined) ?? null)
    return { node: near, name, action: 'insert', from: null, to: missing.get(name) ?? null, notes: [] }
  })
  return { edits, changes, places }
}

/** Behind the last item, whatever it is, where no entry stays that a new one could stand beside. */
function endOf({ seq }: EnvList): Place['beside'] {
  return seq === null || seq.items.length === 0 ? null : { index: seq.items.length - 1, side: 'after' }
}

/** The list as it must be read afterwards. */
function expectedEnv(before: unknown, wanted: Wanted, places: readonly Place[]): unknown {
  const list = Array.isArray(before) ? (before as unknown[]) : []
  const inserted = (index: number | null, side: 'after' | 'before') =>
    places
      .filter(({ beside }) =>
        beside === null ? index === null : beside.index === index && beside.side === side,
      )
      .map(({ name }) => ({ name, value: wanted.get(name) ?? '' }))
  const items = list.flatMap((item, index) => {
    const own = expectedItem(item, wanted)
    return [...inserted(index, 'before'), ...own, ...inserted(index, 'after')]
  })
  const all = [...items, ...inserted(null, 'after')]
  return all.length === 0 && !Array.isArray(before) ? before : all
}

function expectedItem(item: unknown, wanted: Wanted): unknown[] {
  const { name, $patch } = (item ?? {}) as { name?: unknown; $patch?: unknown }
  if (typeof name !== 'string' || !wanted.has(name)) return [item]
  const value = wanted.get(name)
  if (value === null) return isDeletion($patch) ? [item] : []
  return [{ ...(item as object), value }]
}

/** An entry of a patch that only says that the name is to go. */
function isDeletion(directive: unknown): boolean {
  return directive === 'delete'
}
