import { readFileSync } from 'node:fs'
import process from 'node:process'

import { StoppedError } from '../errors.ts'

/** How often we look whether the processes that started us still live, in milliseconds. */
const LOOK_MS = 500

export interface StopRequest {
  /** Resolves with words when the command has to end. */
  reason: Promise<string>
  /** Aborted with a `StoppedError` at the same moment. */
  signal: AbortSignal
  dispose(): void
}

/**
 * Tells when this command has to end: a signal, or the death of the process that started it. A killed `npx` sends no
 * signal and would leave the stack running, so under npm its processes are watched.
 */
export function stopRequested(): StopRequest {
  const { promise, resolve } = Promise.withResolvers<string>()
  const controller = new AbortController()
  void promise.then((reason) => controller.abort(new StoppedError(reason)))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal))
  process.on('disconnect', () => resolve('the process that started this one ended'))
  const parents = process.env['npm_command'] === undefined ? [] : ancestorsToNpm()
  const timer = setInterval(() => {
    if (parents.some((pid) => !isAlive(pid))) resolve('the npm process that started this one ended')
  }, LOOK_MS)
  timer.unref()
  return { reason: promise, signal: controller.signal, dispose: () => clearInterval(timer) }
}

/** Our parent, and npm itself when a shell stands between. Linux only; elsewhere the direct parent. */
function ancestorsToNpm(): number[] {
  const parent = process.ppid
  try {
    const [, name = '', rest = ''] =
      /\((.*)\) \S (.*)/s.exec(readFileSync(`/proc/${parent}/stat`, 'utf8')) ?? []
    const grandparent = Number(rest.split(' ')[0])
    return /^(sh|dash|bash)$/.test(name) && grandparent > 1 ? [parent, grandparent] : [parent]
  } catch {
    return [parent]
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
