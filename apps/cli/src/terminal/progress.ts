import process from 'node:process'

import { Presets, SingleBar } from 'cli-progress'

/** What a long command tells while it runs. */
export interface Progress {
  say(line: string): void
  update(step: { done: number; total: number; date: string; verdicts: Record<string, number> }): void
  done(): void
}

/** Plain runs print one line for every so many per cent. */
const PLAIN_STEP = 0.1

/** A bar on a terminal, plain lines elsewhere, nothing when quiet. */
export function createProgress({ quiet }: { quiet: boolean }): Progress {
  if (quiet) return { say: () => undefined, update: () => undefined, done: () => undefined }
  return process.stdout.isTTY ? barProgress() : plainProgress()
}

function barProgress(): Progress {
  const bar = new SingleBar(
    { format: '  {bar} {percentage} % | {value}/{total} decisions | {date} | {verdicts} | {eta_formatted} left', hideCursor: true },
    Presets.shades_classic,
  )
  let shown = false
  const done = () => {
    if (shown) bar.stop()
    shown = false
  }
  return {
    say: (line) => {
      done()
      process.stdout.write(`${line}\n`)
    },
    update: ({ done: value, total, date, verdicts }) => {
      const payload = { date, verdicts: words(verdicts) }
      if (!shown) bar.start(total, value, payload)
      else bar.update(value, payload)
      shown = true
    },
    done,
  }
}

function plainProgress(): Progress {
  let nextShare = PLAIN_STEP
  return {
    say: (line) => void process.stdout.write(`${line}\n`),
    update: ({ done, total, date, verdicts }) => {
      if (done / total < nextShare) return
      nextShare = Math.floor(done / total / PLAIN_STEP) * PLAIN_STEP + PLAIN_STEP
      process.stdout.write(`  ${Math.round((done / total) * 100)} %  ${done}/${total} decisions  ${date}  ${words(verdicts)}\n`)
    },
    done: () => undefined,
  }
}

function words(verdicts: Record<string, number>): string {
  return Object.entries(verdicts)
    .map(([verdict, count]) => `${verdict} ${count}`)
    .join(', ')
}
