import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { kustomizationsOf, KUSTOMIZATION_NAMES } from './kustomization.ts'
import { readManifest } from './manifest.ts'
import type { ManifestText } from './manifest.ts'
import { readManifestFile } from './manifest-file.ts'
import type { ManifestFile } from './manifest-file.ts'

/**
 * What stands beside the named files and can win over them: the kustomization of their folder, the patches it
 * applies, and the ConfigMaps it takes in when a container reads its environment from one. These are read,
 * never edited.
 */
export function contextOf(files: readonly ManifestFile[]): ManifestText[] {
  const named = new Set(files.map(({ realPath }) => realPath))
  const folders = new Set(files.map(({ realPath }) => dirname(realPath)))
  const beside = [...folders].flatMap((folder) => kustomizationIn(folder)).filter((path) => !named.has(path))
  const kustomizations = [...files.map(textOf), ...beside.map(readContext)].filter(({ id = '' }) =>
    isKustomizationPath(id),
  )
  const readsMaps = files.some(({ text }) => text.includes('configMapRef'))
  const referred = kustomizationsOf(kustomizations.map((text) => readManifest(text, () => true))).flatMap(
    ({ patchFiles, resources }) => [
      ...patchFiles.map(({ id }) => ({ id, isMap: false })),
      ...(readsMaps ? resources.map((id) => ({ id, isMap: true })) : []),
    ],
  )
  const wanted = referred.filter(({ id }) => !named.has(id) && isYaml(id) && existsSync(id))
  const read = [...new Map(wanted.map((each) => [each.id, each])).values()].flatMap(({ id, isMap }) => {
    const text = readContext(id)
    return isMap && !/^kind: *ConfigMap\b/m.test(text.text) ? [] : [text]
  })
  return [...beside.map(readContext), ...read]
}

/** A file as the converger takes it. */
export function textOf({ path, realPath, text }: ManifestFile): ManifestText {
  return { path, id: realPath, text }
}

function readContext(path: string): ManifestText {
  return { ...textOf(readManifestFile(path)), isContext: true }
}

function kustomizationIn(folder: string): string[] {
  const found = KUSTOMIZATION_NAMES.map((name) => join(folder, name)).find((path) => existsSync(path))
  return found === undefined ? [] : [found]
}

function isKustomizationPath(path: string): boolean {
  return KUSTOMIZATION_NAMES.some((name) => path.endsWith(`/${name}`))
}

function isYaml(path: string): boolean {
  return /\.(ya?ml|json)$/.test(path)
}
