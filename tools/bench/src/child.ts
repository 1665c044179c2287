import { packagedNodePath, spawnKept } from '@torghut/local-stack'
import type { KeptProcess } from '@torghut/local-stack'

import { StackNotReadyError } from './errors.ts'

export interface ReadyChild<T> {
  /** What it wrote as its first line, read as JSON. */
  ready: T
  process: KeptProcess
}

export interface ChildOptions {
  name: string
  args: readonly string[]
  signal: AbortSignal
}

/** Starting a stack with a database of its own took 8 s on a busy two-core machine. */
const START_TIMEOUT_MS = 90_000

/**
 * Starts a process of ours, without any of our settings in its environment, and waits for its first line. Throws
 * `StackNotReadyError`; nothing is left running then.
 */
export async function startChild<T>({ name, args, signal }: ChildOptions): Promise<ReadyChild<T>> {
  const firstLine = Promise.withResolvers<T>()
  const child = spawnKept({
    name,
    command: packagedNodePath(),
    args,
    env: cleanEnvironment(),
    onStdoutLine: (line) => firstLine.resolve(JSON.parse(line)),
    graceMs: 15_000,
  })
  void child.exited.then(() => firstLine.reject(new StackNotReadyError(child.stderrTail().join('\n'))))
  const stopped = AbortSignal.any([signal, AbortSignal.timeout(START_TIMEOUT_MS)])
  const giveUp = () => firstLine.reject(new StackNotReadyError(`"${name}" was given up: ${String(stopped.reason)}`))
  stopped.addEventListener('abort', giveUp)
  try {
    return { ready: await firstLine.promise, process: child }
  } catch (error) {
    await child.stop()
    throw error
  } finally {
    stopped.removeEventListener('abort', giveUp)
  }
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(LLM_|TRADING_|TORGHUT_|JANGAR_|DATABASE_|REPLAY_CLOCK|PORT$|HOST$|npm_)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}
