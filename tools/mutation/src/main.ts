import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { MutationReportError, MutationUsageError } from './errors.ts'
import { mutationPage } from './page.ts'
import { parseReport, scoreText, tallyFolders } from './report.ts'
import { mutationPatterns } from './targets.ts'

const USAGE = `Usage: npm run mutation [-- FILE_OR_FOLDER ...]
  Breaks the gates in many small ways and runs their tests against each. Without a name all of libs/gates/src is taken
  and docs/reference/mutation.md is written anew.`

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const REPORT = join(ROOT, 'node_modules/.cache/mutation/report.json')
const PAGE = 'docs/reference/mutation.md'

/** Cases of a property and their seed: few, since there are thousands of mutants, and the same ones each time. */
const FEW_CASES = { TORGHUT_GATE_CASES: '60', TORGHUT_GATE_SEED: '1' }

/** Exit codes: 0 the score is kept, 1 it fell below the threshold of the configuration, 2 usage or error. */
async function main(argv: string[]): Promise<number> {
  const { values, positionals: names } = readArguments(argv)
  if (values.help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  rmSync(REPORT, { force: true })
  const exitCode = await runStryker(names.length === 0 ? [] : ['--mutate', mutationPatterns(ROOT, names).join(',')])
  if (!existsSync(REPORT)) throw new MutationReportError(`Stryker ended with exit code ${exitCode} and left no report`)
  const files = parseReport(readFileSync(REPORT, 'utf8'))
  for (const folder of tallyFolders(files)) process.stdout.write(`${folder.name}: ${scoreText(folder)}\n`)
  if (names.length === 0) {
    writeFileSync(join(ROOT, PAGE), mutationPage(files))
    process.stdout.write(`${PAGE} is written\n`)
  }
  return exitCode
}

function readArguments(argv: string[]) {
  try {
    return parseArgs({ args: argv, allowPositionals: true, options: { help: { type: 'boolean', default: false } } })
  } catch (error) {
    throw new MutationUsageError(error instanceof Error ? error.message : String(error))
  }
}

async function runStryker(flags: readonly string[]): Promise<number> {
  const core = dirname(createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json'))
  const stryker = join(core, 'bin/stryker.js')
  const child = spawn(process.execPath, [stryker, 'run', 'tools/mutation/stryker.config.json', ...flags], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...FEW_CASES },
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 2
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`mutation: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
