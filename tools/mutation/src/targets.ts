import { statSync } from 'node:fs'
import { posix, relative, resolve } from 'node:path'

import { MutationUsageError } from './errors.ts'

const SOURCES = 'libs/gates/src'

/** Stryker's patterns for files or folders of the gates; tests are never mutated. Throws `MutationUsageError`. */
export function mutationPatterns(root: string, names: readonly string[]): string[] {
  const patterns = names.map((name) => patternOf(root, name))
  return [...patterns, `!${SOURCES}/**/*.test.ts`, `!${SOURCES}/**/testing/**`]
}

function patternOf(root: string, name: string): string {
  const path = relative(root, resolve(root, name)).replaceAll('\\', '/')
  if (!`${path}/`.startsWith(`${SOURCES}/`)) throw new MutationUsageError(`"${name}" is not in ${SOURCES}`)
  const found = statSync(resolve(root, path), { throwIfNoEntry: false })
  if (found === undefined) throw new MutationUsageError(`There is no "${name}"`)
  return found.isDirectory() ? posix.join(path, '**/*.ts') : path
}
