import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { TemplateRefusedError } from './errors.ts'

/** A file to write: its path from the root, and its text. */
export interface NewFile {
  path: string
  text: string
}

/** Writes files that are all new; when one of them exists, throws `TemplateRefusedError` and writes none. */
export function writeNewFiles(root: string, files: readonly NewFile[]): void {
  const taken = files.find(({ path }) => existsSync(join(root, path)))
  if (taken !== undefined) throw new TemplateRefusedError(`Cannot write "${taken.path}": it exists`)
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { flag: 'wx' })
  }
}
