import { parseArgs } from 'node:util'
import { z } from 'zod'

import { ReplayFlagError } from './errors.ts'
import type { ReplayOptions } from './replay.ts'

export const USAGE = `Usage: node tools/market-replay/src/main.ts --api URL [options]
  --api URL            the review API
  --decisions N|all    post about N entries, spread evenly over the period; every entry is a decision, so at least N
                       decisions are posted as long as the period has N entries, whatever is vetoed   (all)
  --seed S             names the run: same seed, same decision ids                                    (torghut)
  --from DATE          first day decisions are taken on                                               (2000-01-01)
  --to DATE            last day read at all                                                           (2020-12-31)
  --concurrency N      books replayed at once, 1..64                                                  (8)
  --feedback KIND      none, desk (file the desk's labels) or random (labels drawn at random)         (none)`

/** What the command line asks for. */
export interface ReplayFlags extends ReplayOptions {
  apiUrl: string
  help: boolean
}

/** Reads the command line; throws `ReplayFlagError` with one line that names the flag. */
export function parseFlags(argv: readonly string[]): ReplayFlags {
  const flags = Flags.safeParse(readValues(argv))
  if (!flags.success) {
    const issue = flags.error.issues[0]
    throw new ReplayFlagError(`Cannot read "--${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'invalid'}`)
  }
  const { api, decisions, from, to, help, ...rest } = flags.data
  if (from > to) throw new ReplayFlagError(`Cannot replay from "${from}" to "${to}": the period is empty`)
  if (api === undefined && !help) throw new ReplayFlagError('Cannot run without "--api"')
  return { ...rest, from, to, help, apiUrl: api ?? '', entriesMax: decisions }
}

const wholeNumber = (max: number) =>
  z.string().regex(/^[1-9]\d{0,6}$/, 'expected a whole number above zero').transform(Number).pipe(z.number().max(max))

const Flags = z.object({
  api: z.url({ protocol: /^https?$/, error: 'expected an http or https URL' }).optional(),
  decisions: z.literal('all').transform(() => null).or(wholeNumber(1_000_000)).default(null),
  seed: z.string().min(1).max(128).default('torghut'),
  from: z.iso.date().default('2000-01-01'),
  to: z.iso.date().default('2020-12-31'),
  concurrency: wholeNumber(64).default(8),
  feedback: z.enum(['none', 'desk', 'random']).default('none'),
  help: z.boolean().default(false),
})

function readValues(argv: readonly string[]): unknown {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...argv],
      options: {
        api: text,
        decisions: text,
        seed: text,
        from: text,
        to: text,
        concurrency: text,
        feedback: text,
        help: { type: 'boolean' },
      },
    }).values
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.replaceAll('\n', ' ') : 'Cannot read flags'
    throw new ReplayFlagError(problem, { cause })
  }
}
