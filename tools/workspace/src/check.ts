import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

import { tellsOfSkippedRule } from './skipped-rules.ts'

/** What is checked when the command line names no target. */
const TARGETS = ['lint', 'typecheck']

/** A cold run takes under a minute on two cores; a run that takes this long hangs. */
const TIMEOUT_MS = 900_000

/**
 * `node tools/workspace/src/check.ts [target…]`, from the root: runs the targets in every project; also fails when they
 * succeeded without the boundary rule. Exit codes: 0 all well, 1 a check failed or did not look, 2 nx cannot run.
 */
async function main(targets: readonly string[]): Promise<number> {
  const ran = await runNx(targets.length > 0 ? targets : TARGETS)
  if (ran.exitCode !== 0) return ran.exitCode ?? 1
  if (!ran.skipped) return 0
  writeError('A lint rule was skipped, so nothing says who may import whom')
  writeError('Run "npx nx reset" and check again; if it stays, nx and @nx/eslint-plugin are of different versions')
  return 1
}

async function runNx(targets: readonly string[]): Promise<{ exitCode: number | null; skipped: boolean }> {
  // The static style also prints what cached and successful tasks said; there the warning would stand.
  const args = [nxPath(), 'run-many', '-t', targets.join(','), '--output-style=static']
  const nx = spawn(process.execPath, args, { stdio: ['inherit', 'pipe', 'pipe'], timeout: TIMEOUT_MS })
  const closed = once(nx, 'close')
  const [inOutput, inErrors] = await Promise.all([relay(nx.stdout, process.stdout), relay(nx.stderr, process.stderr)])
  await closed
  if (nx.signalCode !== null) writeError(`nx was ended by ${nx.signalCode}; it may run for ${TIMEOUT_MS / 60_000} min`)
  return { exitCode: nx.exitCode, skipped: inOutput || inErrors }
}

/** Passes lines on, save the blank ones between tasks; resolves with whether one told of a skipped rule. */
async function relay(from: Readable, to: NodeJS.WritableStream): Promise<boolean> {
  let skipped = false
  for await (const line of createInterface({ input: from })) {
    if (line.trim() !== '') to.write(`${line}\n`)
    skipped ||= tellsOfSkippedRule(line)
  }
  return skipped
}

/** The workspace's own nx, whatever PATH says. */
function nxPath(): string {
  const manifest = createRequire(join(process.cwd(), 'package.json')).resolve('nx/package.json')
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { nx: string } }
  return join(dirname(manifest), bin.nx)
}

function writeError(line: string): void {
  process.stderr.write(`check: ${line}\n`)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  writeError(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
  process.exitCode = 2
}
