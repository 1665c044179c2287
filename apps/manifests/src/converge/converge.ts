import { basename } from 'node:path'

import type { PinsFile } from '@torghut/contracts'

import { FileRefusedError } from '../errors.ts'
import { applyPlans } from './apply-plans.ts'
import { KUSTOMIZATION_NAMES, kustomizationsOf } from './kustomization.ts'
import { readManifest } from './manifest.ts'
import type { Manifest, ManifestText } from './manifest.ts'
import type { Change, Plan, Warning } from './plan.ts'
import { describe, indexTargets, placeOf, planTargets, surroundingsOf, twice } from './plan-targets.ts'
import type { Surroundings, TargetIndex } from './plan-targets.ts'
import { namesToRead, wantedOf } from './wanted.ts'
import type { Wanted } from './wanted.ts'
import { objectsOf } from './workload.ts'
import type { ManifestObject, PinTarget } from './workload.ts'

/** One file after converging; `after` is the very text it had when nothing was to be done. */
export interface ConvergedFile {
  path: string
  before: string
  after: string
  changes: readonly Change[]
}

/** Every file that may be edited, in the order they were given, and what a person should look at. */
export interface Converged {
  files: readonly ConvergedFile[]
  warnings: readonly Warning[]
}

export interface ConvergeOptions {
  /** Whether the deprecated names go too, besides those the pins say must be absent. */
  removeDeprecated: boolean
}

/**
 * Brings the pinned names of manifests to the wanted values by editing their text in place: bytes that belong
 * to no pinned entry stay. Pure; nothing is half done: throws `FileRefusedError` for the first thing that
 * cannot be done safely and `ManifestsError` when no file has what the pins name.
 */
export function convergeTexts(
  texts: readonly ManifestText[],
  pins: PinsFile,
  options: ConvergeOptions,
): Converged {
  const wanted = wantedOf(pins, options.removeDeprecated)
  const run: Run = {
    wanted,
    targets: indexTargets(pins.targets),
    isWanted: namesToRead(wanted),
    found: new Map(),
  }
  const shared = readShared(texts, run.isWanted)
  const surroundings = surroundingsOf([...shared.values()])
  const sharedPlans: Plan[] = []
  const warnings: Warning[] = []
  // One file at a time, so that a thousand of them need the memory of one.
  const alone = texts.map((text): ConvergedFile | null => {
    if (shared.has(text)) return null
    const manifest = readManifest(text, run.isWanted)
    const plans = plan(objectsOf(manifest), surroundings, run)
    warnings.push(...plans.flatMap((each) => each.warnings))
    sharedPlans.push(...plans.filter((each) => each.manifest !== manifest))
    return converged(manifest, plans)
  })
  const left = indexTargets(pins.targets.filter((target) => !run.found.has(target)))
  const last = plan(surroundings.objects, surroundings, { ...run, targets: left })
  const files = texts.flatMap((text, index): ConvergedFile[] => {
    const manifest = shared.get(text)
    const file =
      manifest === undefined ? alone[index] : converged(manifest, withoutRepeats([...sharedPlans, ...last]))
    return text.isContext === true || file === undefined || file === null ? [] : [file]
  })
  const missing = missingTargets(texts, pins, run)
  return { files, warnings: [...missing, ...warnings, ...last.flatMap((each) => each.warnings)] }
}

interface Run {
  wanted: Wanted
  targets: TargetIndex
  isWanted: (name: string) => boolean
  /** Where each target was found. */
  found: Map<PinTarget, string>
}

/** Kustomizations, ConfigMaps and patches: what the plan of another file may look at or edit. */
function readShared(
  texts: readonly ManifestText[],
  isWanted: (name: string) => boolean,
): Map<ManifestText, Manifest> {
  const read = (text: ManifestText): [ManifestText, Manifest] => [text, readManifest(text, isWanted)]
  const first = new Map(
    texts.filter((text) => text.isContext === true || SHARED_KIND.test(text.text)).map(read),
  )
  const patches = new Set(
    kustomizationsOf([...first.values()]).flatMap(({ patchFiles }) => patchFiles.map(({ id }) => id)),
  )
  const rest = texts.filter(
    (text) => !first.has(text) && (patches.has(text.id ?? text.path) || isKustomizationPath(text)),
  )
  return new Map([...first, ...rest.map(read)])
}

const SHARED_KIND = /\bkind["']?\s*:\s*["']?(ConfigMap|Kustomization|Component)\b/

function isKustomizationPath({ id, path }: ManifestText): boolean {
  return KUSTOMIZATION_NAMES.includes(basename(id ?? path))
}

function plan(objects: readonly ManifestObject[], surroundings: Surroundings, run: Run): readonly Plan[] {
  const { plans, found } = planTargets(objects, run.targets, run.wanted, surroundings)
  for (const [target, object] of found) {
    const before = run.found.get(target)
    if (before !== undefined && before !== placeOf(object)) throw twice(target, before, object)
    run.found.set(target, placeOf(object))
  }
  return plans
}

function converged(manifest: Manifest, plans: readonly Plan[]): ConvergedFile {
  const own = plans.filter((each) => each.manifest === manifest)
  const changes = own.flatMap((each) => each.changes).toSorted((a, b) => a.line - b.line)
  return { path: manifest.path, before: manifest.source, after: applyPlans(manifest, own), changes }
}

/** Two containers may read one ConfigMap; it is edited once. */
function withoutRepeats(plans: readonly Plan[]): Plan[] {
  const keyOf = ({ manifest, document, path, edits }: Plan) =>
    JSON.stringify([manifest.id, document, path, edits])
  return [...new Map(plans.map((each) => [keyOf(each), each])).values()]
}

/** Files decide what is looked at: a target in none of them is said, and none of them at all is refused. */
function missingTargets(texts: readonly ManifestText[], { targets }: PinsFile, { found }: Run): Warning[] {
  const missing = targets.filter((target) => !found.has(target))
  const paths = texts.filter(({ isContext }) => isContext !== true).map(({ path }) => path)
  const path = paths.length === 1 ? (paths[0] ?? '') : `${paths[0] ?? ''} and ${paths.length - 1} more`
  const [first] = missing
  if (first !== undefined && missing.length === targets.length) {
    const more = missing.length > 1 ? `, nor any of ${missing.length - 1} others` : ''
    throw new FileRefusedError(
      path,
      1,
      `Cannot find ${describe(first)} with container "${first.container}"${more}`,
    )
  }
  return missing.map((target) => ({ path, line: 1, text: `no file named here has ${describe(target)}` }))
}
