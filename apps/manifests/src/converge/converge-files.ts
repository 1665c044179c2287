import type { PinsFile } from '@torghut/contracts'

import { contextOf, textOf } from './context-files.ts'
import { convergeTexts } from './converge.ts'
import type { ConvergeOptions, ConvergedFile } from './converge.ts'
import { closeText, readManifestFile } from './manifest-file.ts'
import type { ManifestFile } from './manifest-file.ts'
import type { Warning } from './plan.ts'
import { writeFiles } from './write-files.ts'

/** What converging did, or under `isCheck` would do. */
export interface ConvergeResult {
  files: readonly ConvergedFile[]
  warnings: readonly Warning[]
}

/**
 * Converges files on disk: reads all, plans all, then writes the changed ones, all or none. Under `isCheck`
 * nothing is written. Throws what reading, planning and writing throw; then every file is as it was.
 */
export async function convergeFiles(
  paths: readonly string[],
  pins: PinsFile,
  { isCheck, ...options }: ConvergeOptions & { isCheck: boolean },
): Promise<ConvergeResult> {
  const files = withoutRepeats(paths.map(readManifestFile))
  const result = convergeTexts([...files.map(textOf), ...contextOf(files)], pins, options)
  if (isCheck) return result
  await writeFiles(
    result.files.flatMap(({ before, after }, index) => {
      const file = files[index]
      return file === undefined || before === after ? [] : [{ file, bytes: closeText(file, after) }]
    }),
  )
  return result
}

/** A file that is named twice, or once through a link, is edited once. */
function withoutRepeats(files: readonly ManifestFile[]): ManifestFile[] {
  return [...new Map(files.map((file) => [file.realPath, file])).values()]
}
