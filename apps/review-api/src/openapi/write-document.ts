import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'

import { openApiText } from './document.ts'

/** Writes the committed copy of the document; with `--check` only says whether it is fresh, by exit 0 or 1. */
function main(args: readonly string[]): number {
  const path = new URL('../../../../docs/reference/openapi.json', import.meta.url)
  const text = openApiText()
  if (!args.includes('--check')) {
    writeFileSync(path, text)
    return 0
  }
  if (readOptional(path) === text) return 0
  process.stderr.write('docs/reference/openapi.json is out of date: run npm run openapi\n')
  return 1
}

function readOptional(path: URL): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

process.exitCode = main(process.argv.slice(2))
