import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { FileRefusedError } from './errors.ts'
import { APPLICATIONS } from './tree.ts'
import type { TreeFile } from './tree.ts'

/** What a generated tree did to the folder it was written to; paths are relative to it. */
export interface TreeChanges {
  written: string[]
  removed: string[]
  unchanged: number
}

/**
 * Makes the applications' folders hold the tree and nothing else: what differs is written beside and renamed, what
 * nobody generates any more is removed. Throws `FileRefusedError` when the disk refuses.
 */
export function writeTree(folder: string, tree: readonly TreeFile[]): TreeChanges {
  const present = readTree(folder)
  const wanted = new Map(tree.map(({ path, text }) => [path, text]))
  const written = tree.filter(({ path, text }) => present.get(path) !== text)
  const removed = [...present.keys()].filter((path) => !wanted.has(path)).sort()
  for (const { path, text } of written) replaceFile(join(folder, path), text)
  for (const path of removed) onDisk(join(folder, path), (target) => rmSync(target))
  return { written: written.map(({ path }) => path), removed, unchanged: tree.length - written.length }
}

/** The files of the applications by their path below the folder; a folder that does not exist holds none. */
export function readTree(folder: string): Map<string, string> {
  const paths = APPLICATIONS.flatMap((application) => listFiles(folder, application)).sort()
  return new Map(
    paths.map((path) => [path, onDisk(join(folder, path), (target) => readFileSync(target, 'utf8'))]),
  )
}

function listFiles(folder: string, application: string): string[] {
  return onDisk(join(folder, application), (target) => {
    try {
      const entries = readdirSync(target, { withFileTypes: true, recursive: true })
      const files = entries.filter((entry) => !entry.isDirectory())
      return files.map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      )
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  })
}

function replaceFile(path: string, text: string): void {
  onDisk(path, (target) => {
    mkdirSync(dirname(target), { recursive: true })
    const temporary = `${target}.new`
    writeFileSync(temporary, text)
    renameSync(temporary, target)
  })
}

function onDisk<T>(path: string, act: (path: string) => T): T {
  try {
    return act(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new FileRefusedError(path, null, `cannot be read or written (${code ?? 'unknown reason'})`, {
      cause: error,
    })
  }
}
