import process from 'node:process'

import { readFileOf } from './read-file.ts'

/** The bearer key of a review API, from a file or TORGHUT_API_KEY; null for none. Throws `FileRefusedError`. */
export function readApiKey(file: string | undefined): string | null {
  const key = file === undefined ? process.env['TORGHUT_API_KEY'] : readFileOf(file).trim()
  return key === undefined || key === '' ? null : key
}
