import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { packagedNodePath, spawnKept } from '@torghut/local-stack'
import type { KeptProcess } from '@torghut/local-stack'

import { StackProcessError } from '../errors.ts'

/** How long a process of the stack may take to say that it is ready, in milliseconds. */
export const READY_MS = 30_000
const POLL_MS = 50

/** A wait that lasts longer is told to the person who waits. */
const TELL_AFTER_MS = 4_000

/** How a start can be called off, and who is told why it takes long. */
export interface StartWatch {
  signal: AbortSignal
  onWait(reason: string): void
}

/** What one look at a starting process found. */
export interface Look {
  ready: boolean
  /** Why not, in sentences. */
  reasons: string[]
}

/** Node children write their logs to `<data>/logs/<file>.log`, so that a person can read them after the fact. */
export function spawnLogged(
  name: string,
  dataDir: string,
  file: string,
  options: { args: readonly string[]; env: NodeJS.ProcessEnv; onStdoutLine?: (line: string) => void },
): KeptProcess {
  const log = createWriteStream(join(dataDir, 'logs', `${file}.log`), { flags: 'a', mode: 0o600 })
  log.on('error', () => undefined) // A full disk must not take the stack down with its log.
  const child = spawnKept({
    name,
    command: packagedNodePath(),
    args: options.args,
    env: options.env,
    onStdoutLine: (line) => {
      log.write(`${line}\n`)
      options.onStdoutLine?.(line)
    },
    onStderrLine: (line) => log.write(`${line}\n`),
  })
  void child.exited.then(() => log.end())
  return child
}

/**
 * Returns when the process is ready. Throws `StackProcessError` with the process's own words when it ends or is not
 * ready in time, and the signal's reason when the start is called off; the process is gone then.
 */
export async function waitUntilReady(
  child: KeptProcess,
  look: () => Promise<Look>,
  watch: StartWatch,
): Promise<void> {
  const startedAtMs = performance.now()
  let gone: string | null = null
  let told = ''
  let reasons: string[] = []
  void goneOf(child).then((why) => (gone = why))
  while (!watch.signal.aborted && performance.now() - startedAtMs < READY_MS) {
    if (gone !== null) throw new StackProcessError(child.name, gone, child.stderrTail())
    const found = await look().catch(() => NOT_YET)
    if (found.ready) return
    reasons = found.reasons
    const words = reasons.join('; ')
    if (performance.now() - startedAtMs > TELL_AFTER_MS && words !== told)
      watch.onWait(`${child.name} waits: ${words}`)
    if (performance.now() - startedAtMs > TELL_AFTER_MS) told = words
    await sleep(POLL_MS)
  }
  await child.stop()
  watch.signal.throwIfAborted()
  throw new StackProcessError(child.name, `was not ready within ${READY_MS / 1000} s`, [
    ...child.stderrTail(),
    ...reasons,
  ])
}

const NOT_YET: Look = { ready: false, reasons: [] }

/** Resolves with how the process ended. */
export function goneOf(child: KeptProcess): Promise<string> {
  return child.exited.then(({ code, signal }) => `exited with ${signal ?? `code ${code}`}`)
}
