import { readFileSync } from 'node:fs'

import { FileRefusedError } from '../errors.ts'

/** The text of a file of any size we deal with. Throws `FileRefusedError`. */
export function readFileOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new FileRefusedError(path, null, `cannot be read (${code ?? 'unknown reason'})`, { cause: error })
  }
}
