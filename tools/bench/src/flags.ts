import yargs from 'yargs'

import type { BenchOptions } from './bench.ts'
import { BenchUsageError } from './errors.ts'
import { benches } from './registry.ts'

export type Measuring = Pick<BenchOptions, 'rounds' | 'microMs' | 'loadMs'>

export interface Flags {
  names: readonly string[]
  measuring: Measuring
  json: boolean
  /** Where the result page goes; null writes none. */
  page: string | null
  date: string
}

/** Five rounds show the spread; more would only take longer. The whole run takes about five minutes. */
const FULL: Measuring = { rounds: 5, microMs: 500, loadMs: 3_000 }

/** Enough to see that everything runs; the figures mean nothing. */
const QUICK: Measuring = { rounds: 1, microMs: 20, loadMs: 200 }

export const PAGE = 'docs/reference/benchmarks.md'

/** Reads the command line; `today` is the date written when none is given. Throws `BenchUsageError`. */
export async function parseFlags(argv: readonly string[], today: string): Promise<Flags> {
  const names = benches.map(({ name }) => name)
  const flags = await yargs([...argv])
    .scriptName('npm run bench --')
    .usage(`$0 [name..]\n\nMeasure side by side: ${names.join(', ')}; all unless named`)
    .option('rounds', { type: 'number', describe: `Rounds (${FULL.rounds} unless told)` })
    .option('quick', { type: 'boolean', default: false, describe: 'One short round; the figures mean nothing' })
    .option('json', { type: 'boolean', default: false, describe: 'Every round of every figure as JSON' })
    .option('write', { type: 'boolean', default: false, describe: `Write ${PAGE}` })
    .option('date', { type: 'string', default: today, describe: 'The date to write, YYYY-MM-DD' })
    .strictOptions()
    .fail((message, error) => {
      throw error ?? new BenchUsageError(message)
    })
    .parseAsync()
  const wanted = flags._.map(String)
  const unknown = wanted.find((name) => !names.includes(name))
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(flags.date)
  if (unknown !== undefined) refuse(`Cannot find benchmark "${unknown}": there is ${names.join(', ')}`)
  if (!isDate) refuse(`Cannot use --date "${flags.date}": write YYYY-MM-DD`)
  if (flags.write && wanted.length > 0) refuse('Cannot write the page from a part: leave out the names')
  if (flags.write && flags.quick) refuse('Cannot write the page from a quick run: leave out --quick')
  const measuring = withRounds(flags.quick ? QUICK : FULL, flags.rounds)
  const { json, write, date } = flags
  return { names: wanted.length > 0 ? wanted : names, measuring, json, page: write ? PAGE : null, date }
}

function refuse(problem: string): never {
  throw new BenchUsageError(problem)
}

function withRounds(measuring: Measuring, rounds: number | undefined): Measuring {
  if (rounds === undefined) return measuring
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) {
    refuse(`Cannot use --rounds ${rounds}: write a whole number from 1 to 100`)
  }
  return { ...measuring, rounds }
}
