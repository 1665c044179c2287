import { ManifestsError } from '../errors.ts'
import { planEnvSources } from './env-sources.ts'
import { kustomizationsOf } from './kustomization.ts'
import type { Kustomization } from './kustomization.ts'
import { lineOf, refusal } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { refuseInlinePatches } from './inline-patches.ts'
import type { Plan } from './plan.ts'
import { planContainer } from './plan-container.ts'
import { namesIn } from './env-entries.ts'
import type { Wanted } from './wanted.ts'
import { findContainer, objectsOf } from './workload.ts'
import type { Container, ManifestObject, PinTarget } from './workload.ts'

/** What more than one target may depend on: kustomizations, patches and ConfigMaps. */
export interface Surroundings {
  manifests: readonly Manifest[]
  objects: readonly ManifestObject[]
  kustomizations: readonly Kustomization[]
}

/** Reads what the targets have around them. */
export function surroundingsOf(manifests: readonly Manifest[]): Surroundings {
  return { manifests, objects: manifests.flatMap(objectsOf), kustomizations: kustomizationsOf(manifests) }
}

/** The targets some objects are, each with where it is defined. */
export interface PlannedTargets {
  plans: readonly Plan[]
  found: ReadonlyMap<PinTarget, ManifestObject>
}

/**
 * Plans the targets that are among some objects. Throws `FileRefusedError` for what cannot be edited safely.
 */
export function planTargets(
  objects: readonly ManifestObject[],
  targets: TargetIndex,
  wanted: Wanted,
  surroundings: Surroundings,
): PlannedTargets {
  const named = new Set(objects.flatMap((object) => targets.get(keyOf(object)) ?? []))
  const others = surroundings.objects.filter((object) => !objects.includes(object))
  const found = new Map<PinTarget, ManifestObject>()
  const plans = [...named].flatMap((target) => {
    const candidates = [...objects, ...others].filter((object) => keyOf(object) === keyOf(target))
    const containers = containersOf(target, candidates, surroundings.kustomizations)
    const [first] = containers
    if (first === undefined) return []
    found.set(target, (containers.find(({ isPatch }) => !isPatch) ?? first).container.object)
    return planOne(target, containers, wanted, surroundings)
  })
  return { plans, found }
}

/** Targets by what an object says of itself, so that a thousand of them are found at once. */
export type TargetIndex = ReadonlyMap<string, readonly PinTarget[]>

export function indexTargets(targets: readonly PinTarget[]): TargetIndex {
  return Map.groupBy(targets, keyOf)
}

function keyOf({ group, kind, name }: Pick<PinTarget, 'group' | 'kind' | 'name'>): string {
  return `${group}/${kind}/${name}`
}

/** A container where it is defined, or where a patch that a kustomization names changes it. */
interface FoundContainer {
  container: Container
  isPatch: boolean
}

function containersOf(
  target: PinTarget,
  candidates: readonly ManifestObject[],
  kustomizations: readonly Kustomization[],
): FoundContainer[] {
  const found = candidates.flatMap((object): FoundContainer[] => {
    if (!isSame(target, object, kustomizations)) return []
    const container = findContainer(object, target)
    const isPatch = isPatchFile(object.manifest, kustomizations)
    if (container !== null) return [{ container, isPatch }]
    if (isPatch) return []
    throw refusal(
      object.manifest,
      object.node,
      `Cannot find container "${target.container}" in ${describe(target)}`,
    )
  })
  const [first, second] = found.filter(({ isPatch }) => !isPatch)
  if (first !== undefined && second !== undefined) throw definedTwice(target, first, second)
  return found
}

function definedTwice(target: PinTarget, first: FoundContainer, second: FoundContainer): Error {
  return twice(target, placeOf(first.container.object), second.container.object)
}

/** Refuses the second of two definitions of one target; nobody can know which one runs. */
export function twice(target: PinTarget, first: string, { manifest, node }: ManifestObject): Error {
  return refusal(manifest, node, `Cannot tell which ${describe(target)} is meant: ${first} has it too`)
}

/** Where an object is, for people. */
export function placeOf({ manifest, node }: ManifestObject): string {
  return `${manifest.path}:${lineOf(manifest, node.range?.[0] ?? 0)}`
}

/**
 * By namespace, once group, kind and name agree; kustomize or a patch may leave the namespace to the
 * kustomization.
 */
function isSame(
  target: PinTarget,
  object: ManifestObject,
  kustomizations: readonly Kustomization[],
): boolean {
  const { namespace, manifest } = object
  if (namespace === target.namespace) return true
  const owners = kustomizations.filter(({ resources }) => resources.includes(manifest.id))
  if (owners.some((owner) => owner.namespace === target.namespace)) return true
  return namespace === null && isPatchFile(manifest, kustomizations)
}

function isPatchFile({ id }: Manifest, kustomizations: readonly Kustomization[]): boolean {
  return kustomizations.some(({ patchFiles }) => patchFiles.some((file) => file.id === id))
}

function planOne(
  target: PinTarget,
  containers: readonly FoundContainer[],
  wanted: Wanted,
  surroundings: Surroundings,
): Plan[] {
  refuseInlinePatches(target, wanted, surroundings)
  const patched = new Set(
    containers.filter(({ isPatch }) => isPatch).flatMap(({ container }) => namesIn(container)),
  )
  const plans = containers.flatMap(({ container, isPatch }) => {
    const sources = planEnvSources(container, wanted, surroundings)
    const elsewhere = new Set([...patched, ...sources.names])
    return [planContainer({ container, wanted, elsewhere, isPatch }), ...sources.plans]
  })
  for (const { manifest, changes, edits } of plans) {
    if (!manifest.isContext || edits.length === 0) continue
    const [change] = changes
    const where = `${manifest.path}:${change?.line ?? 1}`
    throw new ManifestsError(
      `${where}: Cannot converge ${change?.name ?? 'a name'}: this file sets it too; name it as well`,
    )
  }
  return plans
}

/** A target in words. */
export function describe({ group, kind, namespace, name }: PinTarget): string {
  return `${group === '' ? '' : `${group} `}${kind} ${namespace}/${name}`
}
