import { isSeq } from 'yaml'

import { FileRefusedError } from '../errors.ts'
import type { InlinePatch } from './kustomization.ts'
import { itemsOf, lineOf, readManifest, stringOf, valueOf } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { planContainer } from './plan-container.ts'
import type { Surroundings } from './plan-targets.ts'
import type { Wanted } from './wanted.ts'
import { findContainer, objectsOf } from './workload.ts'
import type { PinTarget } from './workload.ts'

/**
 * Looks for patches that would win over what is written: those inside a kustomization, and lists of JSON
 * patch operations. They are never edited; throws `FileRefusedError` with their place when they set a pinned
 * name otherwise.
 */
export function refuseInlinePatches(
  target: PinTarget,
  wanted: Wanted,
  { kustomizations, manifests }: Surroundings,
): void {
  const patching = kustomizations.filter(
    ({ inlinePatches, patchFiles }) => inlinePatches.length + patchFiles.length > 0,
  )
  if (patching.length === 0) return
  const files = new Map(manifests.map((manifest) => [manifest.id, manifest]))
  for (const { manifest, inlinePatches, patchFiles } of patching) {
    for (const patch of inlinePatches) refuseInline(manifest, patch, target, wanted)
    for (const { id, target: limited } of patchFiles) {
      const file = files.get(id)
      if (file !== undefined) refuseOperations(file, file, 1, limited, target, wanted)
    }
  }
}

function refuseInline(
  manifest: Manifest,
  { node, target: limited }: InlinePatch,
  target: PinTarget,
  wanted: Wanted,
): void {
  const line = lineOf(manifest, node.range?.[0] ?? 0)
  const patch = readPatch(manifest.path, line, node.value)
  refuseOperations(patch, manifest, line, limited, target, wanted)
  for (const object of objectsOf(patch)) {
    if (object.kind !== target.kind || object.name !== (limited.name ?? target.name)) continue
    const container = findContainer(object, target)
    if (container === null) continue
    const { changes } = planContainer({ container, wanted, elsewhere: new Set(), isPatch: true })
    if (changes[0] !== undefined) throw wins(manifest.path, line, changes[0].name)
  }
}

function readPatch(path: string, line: number, text: string): Manifest {
  try {
    return readManifest({ path, text }, () => true)
  } catch (cause) {
    throw new FileRefusedError(path, line, 'Cannot read the patch that is written here', { cause })
  }
}

/**
 * JSON patch operations address entries by number, which an insertion moves: one that names ours is refused.
 */
function refuseOperations(
  patch: Manifest,
  { path }: Manifest,
  line: number,
  limited: InlinePatch['target'],
  target: PinTarget,
  wanted: Wanted,
): void {
  if ((limited.kind ?? target.kind) !== target.kind || (limited.name ?? target.name) !== target.name) return
  for (const { contents } of patch.documents) {
    if (!isSeq(contents)) continue
    for (const operation of itemsOf(contents)) {
      if (!(stringOf(operation, 'path') ?? '').includes('/env')) continue
      const text = JSON.stringify(valueOf(operation, 'value')?.toJSON() ?? null)
      const name = [...wanted.keys()].find((each) => text.includes(`"${each}"`))
      const isByNumber = /\/env\/[0-9]+/.test(stringOf(operation, 'path') ?? '')
      if (name !== undefined || isByNumber) throw wins(path, line, name ?? 'entries of "env" by their number')
    }
  }
}

function wins(path: string, line: number, name: string): FileRefusedError {
  return new FileRefusedError(path, line, `Cannot converge ${name}: a patch here sets it too and would win`)
}
