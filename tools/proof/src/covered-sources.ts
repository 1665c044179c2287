import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

import { NothingCoveredError } from './errors.ts'
import type { Proof } from './registry.ts'

/** What a result speaks about: how many files, and one hash over all of them. */
export interface CoveredSources {
  files: number
  hash: string
}

/**
 * Hashes what a proof covers: SHA-256, lower-case hex, over every file in the order of its path, as the path from the
 * root (`/` between folders), NUL, the size in bytes, NUL, the bytes. Throws `NothingCoveredError`.
 */
export function hashCoveredSources(root: string, proof: Pick<Proof, 'covers' | 'test'>): CoveredSources {
  const paths = coveredPaths(root, proof)
  const hash = createHash('sha256')
  for (const path of paths) {
    const content = readFileSync(join(root, path))
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return { files: paths.length, hash: hash.digest('hex') }
}

/** Sorted by code unit, so that every machine hashes in the same order. */
function coveredPaths(root: string, { covers, test }: Pick<Proof, 'covers' | 'test'>): string[] {
  const paths = new Set(matches(root, test, []))
  for (const glob of covers) for (const path of matches(root, glob, UNIT_TESTS)) paths.add(path)
  return [...paths].sort()
}

/** A changed unit test changes nothing about the code it tests. */
const UNIT_TESTS = ['**/*.test.ts']

function matches(root: string, glob: string, exclude: string[]): string[] {
  const found = globSync(glob, { cwd: root, exclude: ['**/node_modules/**', ...exclude], withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, sep).length))
  if (found.length === 0) throw new NothingCoveredError(glob)
  return found.map((path) => path.split(sep).join('/'))
}
