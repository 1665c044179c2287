import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { unifiedDiff } from '../check/unified-diff.ts'
import { FileRefusedError } from '../errors.ts'

/** One file below the root: what it holds, what it is to hold; null for a file that is not there. */
export interface Change {
  path: string
  before: string | null
  after: string | null
}

/** What would be written, in the order of writing. Files that stay as they are are left out. */
export function planChanges(root: string, wanted: ReadonlyMap<string, string | null>): Change[] {
  return [...wanted]
    .map(([path, after]) => ({ path, before: readOptional(join(root, path)), after }))
    .filter(({ before, after }) => before !== after)
}

/** The unified diff of a change. Evidence is a wall of escaped JSON that nobody reads: of it only the size is told. */
export function diffOf({ path, before, after }: Change): string {
  if (path.startsWith(`${EVIDENCE_FOLDER}/`))
    return `${path}: ${after === null ? 'removed' : `${Buffer.byteLength(after)} bytes of evidence`}\n`
  const left = { name: before === null ? '/dev/null' : `a/${path}`, text: before ?? '' }
  const right = { name: after === null ? '/dev/null' : `b/${path}`, text: after ?? '' }
  return unifiedDiff(left, right)?.diff ?? ''
}

/** Where the promotion bundles of pinned artifacts lie, below the root. */
export const EVIDENCE_FOLDER = 'config/deploy/promotions'

/**
 * Writes all changes, after a look at every file: none may have changed since it was read. Each is written beside its
 * place, synced and renamed; a crash between two leaves whole files, and the same command finishes. Throws
 * `FileRefusedError`.
 */
export function applyChanges(root: string, changes: readonly Change[]): void {
  for (const { path, before } of changes) {
    if (readOptional(join(root, path)) === before) continue
    throw new FileRefusedError(path, null, 'changed in between; nothing was written, run it again')
  }
  const staged = changes.map((change) => ({ ...change, file: join(root, change.path) }))
  try {
    for (const { file, after } of staged) if (after !== null) stage(file, after)
    for (const { file, after } of staged) onDisk(file, () => (after === null ? rmSync(file) : renameSync(`${file}.new`, file)))
  } finally {
    for (const { file } of staged) rmSync(`${file}.new`, { force: true })
  }
}

function stage(file: string, text: string): void {
  onDisk(file, () => {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, text)
    const descriptor = openSync(`${file}.new`, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  })
}

function readOptional(file: string): string | null {
  return onDisk(file, () => (existsSync(file) ? readFileSync(file, 'utf8') : null))
}

function onDisk<T>(file: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new FileRefusedError(file, null, `cannot be read or written (${code ?? 'unknown reason'})`, { cause: error })
  }
}
