import { join, relative } from 'node:path'
import process from 'node:process'

import { makeDataDir } from '@torghut/local-stack'

import { CliError, StackProcessError } from '../errors.ts'
import { startReplay } from '../stack/processes.ts'
import { startStack } from '../stack/stack.ts'
import type { Stack } from '../stack/stack.ts'
import { createProgress } from '../terminal/progress.ts'
import type { Progress } from '../terminal/progress.ts'
import { checkDemo } from './checks.ts'
import type { DemoCheck } from './checks.ts'
import { explainOne } from './explain-one.ts'
import { ReplayLine } from './replay-lines.ts'
import type { ReplaySummary } from './replay-lines.ts'

export interface DemoOptions {
  seed: string
  decisions: string
  dataDir: string
  quiet: boolean
  /** Aborted when the demo has to end early. */
  signal: AbortSignal
}

export interface DemoResult {
  seed: string
  folder: string
  seconds: number
  summary: ReplaySummary
  checks: DemoCheck[]
  /** One review with its advice walked back to the request, as text; null when no program was asked. */
  explained: string | null
}

/** Settings of the demo's API: paper mode, the decisions' own clock, and adjustments allowed so that they can be seen. */
const DEMO_ENVIRONMENT = {
  TRADING_MODE: 'paper',
  REPLAY_CLOCK: 'request',
  LLM_ADJUSTMENT_ALLOWED: 'true',
  LLM_ADJUSTMENT_APPROVED: 'true',
  LOG_LEVEL: 'warn',
}

/** Starts the stack in a fresh folder, replays the market through it, checks what is stored, stops everything. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const startedAt = performance.now()
  const folder = await freshFolder(options.dataDir)
  const progress = createProgress({ quiet: options.quiet })
  progress.say('Torghut demo: a scheduler posts its trades, a simulated model reviews them, deterministic gates decide')
  const stack = await startStack({
    dataDir: folder,
    port: 0,
    jangarUrl: null,
    environment: DEMO_ENVIRONMENT,
    simulatorArgs: ['--seed', options.seed],
    signal: options.signal,
    onStep: (step) => progress.say(step),
  })
  try {
    progress.say('replaying real S&P 500 days through a momentum strategy (simulated model, paper mode, replay clock)')
    const summary = await untilStopped(replay(stack, folder, options, progress), stack, options.signal)
    progress.say('checking what was stored …')
    const checks = await checkDemo(stack.databaseUrl, summary, options.decisions)
    const explained = await explainOne(stack.apiUrl)
    const seconds = (performance.now() - startedAt) / 1000
    return { seed: options.seed, folder: display(folder), seconds, summary, checks, explained }
  } finally {
    progress.done()
    await stack.stop()
  }
}

async function replay(stack: Stack, folder: string, options: DemoOptions, progress: Progress): Promise<ReplaySummary> {
  let summary: ReplaySummary | null = null
  const child = startReplay({
    dataDir: folder,
    args: ['--api', stack.apiUrl, '--seed', options.seed, '--decisions', options.decisions],
    onLine: (text) => {
      const line = ReplayLine.parse(JSON.parse(text))
      if (line.type === 'summary') summary = line
      else progress.update(line)
    },
  })
  const { code, signal } = await child.exited
  if (summary !== null && code === 0) return summary
  throw new StackProcessError('market replay', `exited with ${signal ?? `code ${code}`}`, child.stderrTail())
}

async function untilStopped<T>(work: Promise<T>, stack: Stack, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined) // When something else ends the race first, its own failure is only an echo.
  const stopped = Promise.withResolvers<never>()
  if (signal.aborted) stopped.reject(signal.reason)
  else signal.addEventListener('abort', () => stopped.reject(signal.reason), { once: true })
  return Promise.race([
    work,
    stopped.promise,
    stack.broken.then((why): T => {
      throw new CliError(`demo failed: ${why}; logs are in the data folder`)
    }),
  ])
}

async function freshFolder(dataDir: string): Promise<string> {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+Z/g, '')
  return makeDataDir(join(dataDir, `demo-${stamp}-${process.pid}`))
}

function display(folder: string): string {
  const path = relative(process.cwd(), folder)
  return path.startsWith('..') ? folder : path
}
