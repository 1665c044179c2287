import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import type { Difficulty } from './difficulty/measure.ts'
import { measureDifficulty } from './difficulty/measure.ts'
import { FROZEN_FILE, SealedWorlds, hashSealed, hashSources, readFrozenWorlds } from './frozen.ts'
import { findOptionalWorld } from './model/world.ts'
import { renderPage } from './page.ts'

const USAGE = `Usage: node tools/jangar-simulator/src/worlds/main.ts difficulty [--check] | freeze | reveal FILE
  difficulty    prints exact simulated scores of every frozen world and writes docs/reference/worlds.md
    --check     writes nothing; exit 1 if the page is not what the worlds give
    --root DIR  the repository whose page is meant   (the one this file belongs to)
  freeze        writes the hash of the sources as they are now into frozen-worlds.json
  reveal FILE   checks a sealed list against its published hash and prints the scores of its worlds`

const REPOSITORY = fileURLToPath(new URL('../../../..', import.meta.url))
const PAGE = 'docs/reference/worlds.md'

/** Exit codes: 0 done or up to date, 1 a page or a sealed list is not what it should be, 2 the command line. */
function main(argv: string[]): number {
  const asked = readArguments(argv)
  if (asked?.command === 'difficulty') return difficulty(asked)
  if (asked?.command === 'freeze') return freeze()
  if (asked?.command === 'reveal' && asked.file !== undefined) return reveal(asked.file)
  process.stderr.write(`${USAGE}\n`)
  return 2
}

function readArguments(
  argv: string[],
): { command: string; file?: string; check: boolean; root: string } | null {
  try {
    const options = {
      check: { type: 'boolean', default: false },
      root: { type: 'string', default: REPOSITORY },
    } as const
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
    const [command = '', file] = positionals
    return file === undefined ? { command, ...values } : { command, file, ...values }
  } catch {
    return null
  }
}

function difficulty({ check, root }: { check: boolean; root: string }): number {
  const { worlds, sealed } = readFrozenWorlds()
  const scores = measureAll(worlds)
  const page = renderPage({ sourcesSha256: hashSources(), sealed, scores })
  const path = join(root, PAGE)
  if (!check) {
    writeFileSync(path, page)
    printScores(scores)
    return 0
  }
  if (readOptional(path) === page) return 0
  process.stderr.write(`${PAGE} differs from the worlds. Run "difficulty" without --check and commit.\n`)
  return 1
}

function freeze(): number {
  const frozen = { ...readFrozenWorlds(), sources_sha256: hashSources() }
  writeFileSync(FROZEN_FILE, `${JSON.stringify(frozen, null, 2)}\n`)
  process.stdout.write(`${frozen.sources_sha256}\n`)
  return 0
}

function reveal(file: string): number {
  const list = SealedWorlds.parse(JSON.parse(readFileSync(file, 'utf8')))
  const { sealed } = readFrozenWorlds()
  if (hashSealed(list) !== sealed.sha256) {
    process.stderr.write(`${file} is not the list whose hash was published\n`)
    return 1
  }
  printScores(measureAll(list.worlds))
  return 0
}

type Scores = { world: string; difficulty: Difficulty }[]

function measureAll(names: readonly string[]): Scores {
  return names.map((name) => {
    const world = findOptionalWorld(name)
    if (world === null) throw new RangeError(`Cannot make world "${name}"`)
    return { world: name, difficulty: measureDifficulty(world) }
  })
}

function printScores(scores: Scores): void {
  const keys = Object.keys(scores[0]?.difficulty ?? {}) as (keyof Difficulty)[]
  const lines = scores.map(({ world, difficulty: figures }) =>
    [world.padEnd(24), ...keys.map((key) => figures[key].toFixed(3).padStart(12))].join(''),
  )
  const head = ['simulated world'.padEnd(24), ...keys.map((key) => key.padStart(12))].join('')
  process.stdout.write(`${[head, ...lines].join('\n')}\n`)
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

process.exitCode = main(process.argv.slice(2))
