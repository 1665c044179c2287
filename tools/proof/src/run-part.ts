import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { spawnKept } from '@torghut/local-stack'
import type { ExitStatus, KeptProcess } from '@torghut/local-stack'

import type { ProofPart } from './registry.ts'
import { readVitestReport } from './vitest-report.ts'
import type { TestCounts } from './vitest-report.ts'

export interface PartRun {
  root: string
  test: string
  part: ProofPart
  timeoutMs: number
  /** Ends the run early. */
  signal: AbortSignal
  say(line: string): void
}

/**
 * Runs a proof's test file with one part's settings; the processes it starts end with us. Resolves with the counts of
 * the report, or null when vitest left none: it was ended, ran out of time or broke down.
 */
export async function runPart({ root, test, part, timeoutMs, signal, say }: PartRun): Promise<TestCounts | null> {
  const folder = mkdtempSync(join(tmpdir(), 'torghut-proof-'))
  const reportPath = join(folder, 'report.json')
  const settings = Object.entries(part.settings).map(([name, value]) => [name, String(value)])
  try {
    const vitest = spawnKept({
      name: `proof part ${part.name}`,
      command: process.execPath,
      args: [vitestPath(root), 'run', test, '--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`],
      cwd: root,
      env: { ...process.env, ...Object.fromEntries(settings) },
      onStdoutLine: say,
      onStderrLine: say,
    })
    const { code } = await waitFor(vitest, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
    return existsSync(reportPath) ? readVitestReport(readFileSync(reportPath, 'utf8'), code) : null
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function waitFor(vitest: KeptProcess, end: AbortSignal): Promise<ExitStatus> {
  const stop = () => void vitest.stop()
  if (end.aborted) stop()
  else end.addEventListener('abort', stop, { once: true })
  const status = await vitest.exited
  end.removeEventListener('abort', stop)
  return status
}

function vitestPath(root: string): string {
  const manifest = createRequire(join(root, 'package.json')).resolve('vitest/package.json')
  return join(dirname(manifest), 'vitest.mjs')
}
