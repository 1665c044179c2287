import { readSp500Bars } from './bars.ts'
import { ReplayFlagError } from './errors.ts'
import type { ReplayFlags } from './flags.ts'
import { USAGE, parseFlags } from './flags.ts'
import type { ReplayProgress } from './replay.ts'
import { replay } from './replay.ts'
import { createReviewClient } from './review-client.ts'
import { summarise, verdictOf } from './summary.ts'

/** One progress line for every so many decisions. */
const PROGRESS_EVERY = 25

/** Exit codes: 0 replayed, 1 the run stopped (API refused or away, bars unreadable), 2 the command line. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const flags = parseFlags(argv)
    if (flags.help) process.stdout.write(`${USAGE}\n`)
    else await run(flags)
    return 0
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    process.stderr.write(`market-replay: ${message}\n`)
    return cause instanceof ReplayFlagError ? 2 : 1
  }
}

async function run(flags: ReplayFlags): Promise<void> {
  const client = createReviewClient({ apiUrl: flags.apiUrl, connections: flags.concurrency })
  try {
    const ran = await replay(readSp500Bars(), flags, client, reportProgress())
    writeLine(summarise(ran))
  } finally {
    await client.close()
  }
}

function reportProgress() {
  const verdicts = { approve: 0, adjust: 0, veto: 0 }
  return ({ done, planned, date, decision }: ReplayProgress) => {
    verdicts[verdictOf(decision)] += 1
    // Exits of vetoed entries are never posted, so a run usually ends below `total`; the summary marks its end.
    if (done % PROGRESS_EVERY === 0) writeLine({ type: 'progress', done, total: planned, date, verdicts })
  }
}

function writeLine(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

process.exitCode = await main(process.argv.slice(2))
