import { isMap, isScalar } from 'yaml'
import type { Node, Scalar, YAMLMap } from 'yaml'

import { namesIn } from './env-entries.ts'
import type { GeneratedConfigMap } from './kustomization.ts'
import { itemsOf, lineOf, pairOf, refusal, stringOf, valueOf } from './manifest.ts'
import type { Change, Plan } from './plan.ts'
import type { Surroundings } from './plan-targets.ts'
import { removalEffect } from './removal-effect.ts'
import { removeItems } from './remove-item.ts'
import { removePairs } from './remove-pair.ts'
import { isStringOf, replaceScalar, setScalar } from './set-scalar.ts'
import type { Wanted } from './wanted.ts'
import type { Container, ManifestObject } from './workload.ts'

export interface EnvSources {
  plans: readonly Plan[]
  /** Names whose wanted value comes from a source, so that the list needs no entry. */
  names: ReadonlySet<string>
}

/**
 * Plans the ConfigMaps a container takes its environment from: a wanted name is corrected where it is
 * defined, unless an entry of the list wins over it; an unwanted one is removed. Sources that are not among
 * the files become warnings.
 */
export function planEnvSources(
  container: Container,
  wanted: Wanted,
  { objects, kustomizations }: Surroundings,
): EnvSources {
  const listed = new Set(namesIn(container))
  const plans: Plan[] = []
  const names = new Set<string>()
  for (const item of itemsOf(valueOf(container.node, 'envFrom')).toReversed()) {
    const ref = valueOf(item, 'configMapRef')
    const name = stringOf(ref ?? valueOf(item, 'secretRef'), 'name')
    const prefix = stringOf(item, 'prefix') ?? ''
    const maps = objects.filter((object) => ref !== undefined && isConfigMap(object, name, container))
    const generated = kustomizations
      .flatMap((each) => each.generated)
      .filter((map) => ref !== undefined && map.name === name)
    if (maps.length + generated.length === 0) plans.push(unknownSource(container, item, name))
    const context = { container, wanted, prefix, skip: new Set([...listed, ...names]) }
    const found = [
      ...maps.map((map) => planConfigMap(map, context)),
      ...generated.map((map) => planGenerated(map, context)),
    ]
    for (const { plan, defines } of found) {
      plans.push(plan)
      for (const defined of defines) names.add(defined)
    }
  }
  return { plans, names }
}

interface SourceContext {
  container: Container
  wanted: Wanted
  prefix: string
  /** Names that something stronger defines already: nothing is to be set here. */
  skip: ReadonlySet<string>
}

interface PlannedSource {
  plan: Plan
  defines: readonly string[]
}

function isConfigMap(
  { group, kind, name, namespace }: ManifestObject,
  wanted: string | undefined,
  { target }: Container,
): boolean {
  if (group !== '' || kind !== 'ConfigMap' || name !== wanted) return false
  return namespace === null || namespace === target.namespace
}

function planConfigMap(
  map: ManifestObject,
  { container, wanted, prefix, skip }: SourceContext,
): PlannedSource {
  const { manifest, document } = map
  const data = valueOf(map.node, 'data')
  const base = { manifest, document, path: [...map.path, 'data'], warnings: [] }
  if (!isMap(data))
    return { plan: { ...base, edits: [], changes: [], expect: (before) => before }, defines: [] }
  const node = data as YAMLMap
  const found = [...wanted].filter(([name]) => pairOf(node, keyOf(name, prefix)) !== undefined)
  const wrong = found.filter(
    ([name, value]) => value !== null && !skip.has(name) && !holds(node, keyOf(name, prefix), value),
  )
  const leaving = found.filter(([, value]) => value === null)
  if (wrong.length + leaving.length > 0) refuseImmutable(map)
  const edits = [
    ...wrong.flatMap(([name, value]) => setScalar(manifest, node, keyOf(name, prefix), value ?? '')),
    ...removePairs(
      manifest,
      node,
      leaving.map(([name]) => keyOf(name, prefix)),
    ),
  ]
  const where = `ConfigMap ${container.target.namespace}/${map.name}`
  const changes = [...wrong, ...leaving].map(([name, to]): Change => {
    const key = keyOf(name, prefix)
    const at = pairOf(node, key)?.key.range?.[0] ?? 0
    const note = `everything that reads ${where} sees this, and pods only once they start again`
    const notes = to === null ? [removalEffect(name, stringOf(node, key) ?? null), note] : [note]
    const action = to === null ? 'remove' : 'set'
    return { line: lineOf(manifest, at), where, name, action, from: stringOf(node, key) ?? null, to, notes }
  })
  const expect = (before: unknown) => {
    const removed = new Set(leaving.map(([name]) => keyOf(name, prefix)))
    const kept = Object.entries((before ?? {}) as object).filter(([key]) => !removed.has(key))
    return {
      ...Object.fromEntries(kept),
      ...Object.fromEntries(wrong.map(([name, value]) => [keyOf(name, prefix), value])),
    }
  }
  const defines = found.filter(([, value]) => value !== null).map(([name]) => name)
  return { plan: { ...base, edits, changes, expect }, defines }
}

function holds(map: YAMLMap, key: string, wanted: string): boolean {
  const value = pairOf(map, key)?.value
  return isScalar(value) && isStringOf(value, wanted)
}

/** The key a ConfigMap has for a name; one that the prefix cannot make is never found. */
function keyOf(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : '\0'
}

function refuseImmutable({ manifest, node, name }: ManifestObject): void {
  const immutable = valueOf(node, 'immutable')
  if (!isScalar(immutable) || immutable.value !== true) return
  throw refusal(manifest, immutable, `Cannot edit ConfigMap "${name}": it is immutable`)
}

function planGenerated(map: GeneratedConfigMap, { wanted, prefix, skip }: SourceContext): PlannedSource {
  const { manifest, document, literals } = map
  const items = (literals?.items ?? []).flatMap((node, index) => literalOf(node, index))
  const known = items.flatMap((item) => {
    const name = `${prefix}${item.key}`
    return wanted.has(name) ? [{ ...item, name, to: wanted.get(name) ?? null }] : []
  })
  const wrong = known.filter(({ name, to, value }) => to !== null && !skip.has(name) && value !== to)
  const leaving = known.filter(({ to }) => to === null)
  const removal =
    literals === null
      ? []
      : removeItems(
          manifest,
          literals,
          leaving.map(({ index }) => index),
        ).edits
  const inFlow = literals?.flow === true
  const edits = wrong.flatMap(({ node, key, to }) =>
    replaceScalar(manifest, node, `${key}=${to ?? ''}`, inFlow),
  )
  const where = `configMapGenerator ${map.name}`
  const changes = [...wrong, ...leaving].map(({ node, name, value, to }): Change => {
    const notes = to === null ? [removalEffect(name, value)] : []
    const action = to === null ? 'remove' : 'set'
    return { line: lineOf(manifest, node.range?.[0] ?? 0), where, name, action, from: value, to, notes }
  })
  const warnings = map.envFiles.map((node) => {
    return {
      path: manifest.path,
      line: lineOf(manifest, node.range?.[0] ?? 0),
      text: 'what this file sets was not looked at',
    }
  })
  const expect = (before: unknown) => expectedLiterals(before, wrong, leaving)
  const plan = {
    manifest,
    document,
    path: [...map.path, 'literals'],
    edits: [...edits, ...removal],
    changes,
    warnings,
    expect,
  }
  return { plan, defines: known.filter(({ to }) => to !== null).map(({ name }) => name) }
}

interface Literal {
  index: number
  node: Scalar<string>
  key: string
  value: string
}

/** `NAME=value`, as kustomize reads it: quotes around the value are not part of it. */
function literalOf(node: Node, index: number): Literal[] {
  if (!isScalar(node) || typeof node.value !== 'string') return []
  const at = node.value.indexOf('=')
  if (at < 1) return []
  const value = node.value.slice(at + 1).replace(/^["']+|["']+$/g, '')
  return [{ index, node: node as Scalar<string>, key: node.value.slice(0, at), value }]
}

function expectedLiterals(
  before: unknown,
  wrong: readonly { index: number; key: string; to: string | null }[],
  leaving: readonly { index: number }[],
): unknown {
  if (!Array.isArray(before)) return before
  return (before as unknown[]).flatMap((item, index) => {
    if (leaving.some((each) => each.index === index)) return []
    const set = wrong.find((each) => each.index === index)
    return [set === undefined ? item : `${set.key}=${set.to ?? ''}`]
  })
}

function unknownSource(
  { object: { manifest, document }, path }: Container,
  item: Node,
  name: string | undefined,
): Plan {
  const line = lineOf(manifest, item.range?.[0] ?? 0)
  const text = `what envFrom "${name ?? '(unnamed)'}" sets is in none of the files named here and was not looked at`
  return {
    manifest,
    document,
    path,
    edits: [],
    changes: [],
    warnings: [{ path: manifest.path, line, text }],
    expect: (before) => before,
  }
}
