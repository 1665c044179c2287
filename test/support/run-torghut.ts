import { fileURLToPath } from 'node:url'

import { packagedNodePath, spawnKept } from '@torghut/local-stack'
import type { KeptProcess } from '@torghut/local-stack'

import { cleanEnvironment, torghutBin } from './running-stack.ts'

/** A command that is given up after this time has a bug that no expectation would tell better. */
const RUN_LIMIT_MS = 60_000

export interface RunResult {
  code: number | null
  stdout: string[]
  stderr: string[]
}

export interface RunOptions {
  env?: Record<string, string>
  /** Another copy of `bin/torghut.mjs`. */
  bin?: string
  node?: string
  uid?: number
  gid?: number
  /** After this it is stopped, in milliseconds; a minute unless told. */
  limitMs?: number
  /** `--data-dir` and the like are added by the caller. */
  args: readonly string[]
}

/** A command under way, its lines as they come. */
export interface Running {
  process: KeptProcess
  stdout: string[]
  /** Resolves with the first line of standard output that holds the text; fails when the command ends without it. */
  line(text: string): Promise<string>
  result: Promise<RunResult>
}

/** Starts `torghut …` as a person would, in an environment without settings of ours. */
export function startTorghut(options: RunOptions): Running {
  const { bin = torghutBin, node = packagedNodePath(), args, ...account } = options
  return startProcess({ ...account, args: [bin, ...args], command: node, name: `torghut ${args[0] ?? ''}` })
}

/** Runs `torghut …` to its end. */
export function runTorghut(...args: string[]): Promise<RunResult> {
  return startTorghut({ args }).result
}

/** Starts the review API alone, as an orchestrator would. */
export function startReviewApi(env: Record<string, string>): Running {
  const main = fileURLToPath(new URL('../../apps/review-api/src/main.ts', import.meta.url))
  return startProcess({ args: [main], env, command: packagedNodePath(), name: 'review API' })
}

/** Starts the simulator on a port of its own choice or of ours. */
export function startSimulator(port: number): Running {
  const main = fileURLToPath(new URL('../../tools/jangar-simulator/src/main.ts', import.meta.url))
  return startProcess({ args: [main, '--port', String(port)], command: packagedNodePath(), name: 'simulator' })
}

interface ProcessOptions {
  name: string
  command: string
  args: readonly string[]
  env?: Record<string, string>
  uid?: number
  gid?: number
  limitMs?: number
}

function startProcess({ env = {}, limitMs = RUN_LIMIT_MS, ...options }: ProcessOptions): Running {
  const stdout: string[] = []
  const waiting: { text: string; resolve(line: string): void }[] = []
  const kept = spawnKept({
    ...options,
    env: { ...cleanEnvironment(), ...env },
    cwd: '/',
    graceMs: 15_000,
    onStdoutLine: (line) => {
      stdout.push(line)
      for (const { text, resolve } of waiting) if (line.includes(text)) resolve(line)
    },
  })
  const result = ended(kept, stdout, limitMs)
  const line = (text: string) => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const said = stdout.find((earlier) => earlier.includes(text))
    if (said !== undefined) resolve(said)
    waiting.push({ text, resolve })
    return Promise.race([
      promise,
      result.then((end) => Promise.reject(new Error(`Ended without "${text}": ${JSON.stringify(end)}`))),
    ])
  }
  return { process: kept, stdout, line, result }
}

async function ended(kept: KeptProcess, stdout: string[], limitMs: number): Promise<RunResult> {
  const timer = setTimeout(() => void kept.stop(), limitMs)
  const { code } = await kept.exited
  clearTimeout(timer)
  return { code, stdout, stderr: kept.stderrTail() }
}
