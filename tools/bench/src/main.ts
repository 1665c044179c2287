import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { BenchReport } from './bench.ts'
import { BenchUsageError } from './errors.ts'
import { parseFlags } from './flags.ts'
import type { Flags } from './flags.ts'
import { loadNow, machineFacts } from './machine.ts'
import { benches } from './registry.ts'
import { pageReport, terminalReport } from './report.ts'
import type { Run } from './report.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Exit codes: 0 measured, 1 something could not be measured, 2 usage. */
async function main(argv: readonly string[]): Promise<void> {
  const flags = await parseFlags(argv, new Date().toISOString().slice(0, 10))
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stopped.abort(new Error(`Stopped by ${signal}`)))
  }
  const run = await measure(flags, stopped.signal)
  process.stdout.write(flags.json ? `${JSON.stringify(run, null, 2)}\n` : terminalReport(run))
  if (flags.page !== null) await writeFile(join(ROOT, flags.page), pageReport(run))
}

async function measure({ names, measuring, date }: Flags, signal: AbortSignal): Promise<Run> {
  const loadBefore = loadNow()
  const reports: BenchReport[] = []
  for (const { name, title, about, simulated, run } of benches.filter((bench) => names.includes(bench.name))) {
    say(`${name}: ${title}`)
    const result = await run({ ...measuring, signal, say })
    signal.throwIfAborted()
    reports.push({ name, title, about, simulated, ...result })
  }
  return { machine: machineFacts(date, loadBefore), rounds: measuring.rounds, reports }
}

/** Progress goes beside the results, so that `--json` can be piped. */
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof BenchUsageError ? 2 : 1
}
