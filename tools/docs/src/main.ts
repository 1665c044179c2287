import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { stalePages, writePages } from './committed-pages.ts'

const USAGE = `Usage: node tools/docs/src/main.ts [--check] [--root DIR]
  --check      write nothing; print what differs, exit 1 if anything does
  --root DIR   the repository whose pages are meant   (the one this file belongs to)`

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

/** Exit codes: 0 written or up to date, 1 a page is stale, 2 the command line. */
async function main(argv: string[]): Promise<number> {
  const flags = readFlags(argv)
  if (flags === null) {
    process.stderr.write(`${USAGE}\n`)
    return 2
  }
  if (!flags.check) {
    for (const path of await writePages(flags.root)) process.stdout.write(`${path}\n`)
    return 0
  }
  const diffs = await stalePages(flags.root)
  if (diffs.length === 0) return 0
  process.stdout.write(diffs.join('\n'))
  process.stderr.write(`Generated pages differ from the code: ${diffs.length}. Run "npm run docs" and commit.\n`)
  return 1
}

function readFlags(argv: string[]): { check: boolean; root: string } | null {
  try {
    const options = {
      check: { type: 'boolean', default: false },
      root: { type: 'string', default: REPOSITORY },
    } as const
    return parseArgs({ args: argv, options }).values
  } catch {
    return null
  }
}

process.exitCode = await main(process.argv.slice(2))
