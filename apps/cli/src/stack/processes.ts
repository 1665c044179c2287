import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { packagedNodePath, spawnKept } from '@torghut/local-stack'
import type { KeptProcess } from '@torghut/local-stack'
import { z } from 'zod'

import { StackProcessError } from '../errors.ts'

/** How long a process of the stack may take to say that it is ready, in milliseconds. */
const READY_MS = 30_000
const POLL_MS = 50

/** A running process of the stack and where it answers. */
export interface StackProcess {
  url: string
  /** Resolves with a sentence when the process goes away by itself. */
  gone: Promise<string>
  stop(): Promise<void>
}

const workspace = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))

/** Starts the simulator; it prints one JSON line when it listens. */
export async function startSimulator(options: { dataDir: string; args: readonly string[] }): Promise<StackProcess> {
  let url: string | null = null
  const child = spawnLogged('Jangar simulator', options.dataDir, 'jangar-simulator', {
    args: [workspace('tools/jangar-simulator/src/main.ts'), '--port', '0', ...options.args],
    env: process.env,
    onStdoutLine: (line) => (url ??= readyUrl(line)),
  })
  await waitUntil(child, async () => url !== null)
  return { url: url ?? '', gone: goneOf(child), stop: () => child.stop() }
}

/** Starts the review API and waits until `/readyz` accepts. */
export async function startReviewApi(options: {
  dataDir: string
  port: number
  environment: Record<string, string>
}): Promise<StackProcess> {
  const url = `http://127.0.0.1:${options.port}`
  const child = spawnLogged('review API', options.dataDir, 'review-api', {
    args: [workspace('apps/review-api/src/main.ts')],
    env: { ...process.env, ...options.environment, PORT: String(options.port) },
  })
  const readiness = () => fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })
  await waitUntil(child, async () => (await readiness()).ok, async () => readinessReasons(await (await readiness()).json()))
  return { url, gone: goneOf(child), stop: () => child.stop() }
}

/** What `/readyz` says is missing, one sentence each. */
function readinessReasons(body: unknown): string[] {
  const parsed = Readiness.safeParse(body)
  return parsed.success ? parsed.data.reasons.map(({ name, reason }) => `${name}: ${reason}`) : []
}

const Readiness = z.object({ reasons: z.array(z.object({ name: z.string(), reason: z.string() })) })

/** The replay prints one JSON document a line; the callback gets each. Resolves with its exit code. */
export function startReplay(options: { dataDir: string; args: readonly string[]; onLine(line: string): void }): KeptProcess {
  return spawnLogged('market replay', options.dataDir, 'market-replay', {
    args: [workspace('tools/market-replay/src/main.ts'), ...options.args],
    env: process.env,
    onStdoutLine: options.onLine,
  })
}

/** Node children write their logs to `<data>/logs/<file>.log`, so that a person can read them after the fact. */
function spawnLogged(
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

function readyUrl(line: string): string | null {
  const match = /^\{"ready":true,.*"url":"([^"]+)"/.exec(line)
  return match?.[1] ?? null
}

async function waitUntil(
  child: KeptProcess,
  isReady: () => Promise<boolean>,
  whyNot: () => Promise<string[]> = async () => [],
): Promise<void> {
  const endsAt = performance.now() + READY_MS
  let exit: string | null = null
  void child.exited.then(({ code, signal }) => (exit = `exited with ${signal ?? `code ${code}`}`))
  while (performance.now() < endsAt) {
    if (exit !== null) throw new StackProcessError(child.name, exit, child.stderrTail())
    if (await isReady().catch(() => false)) return
    await sleep(POLL_MS)
  }
  const reasons = await whyNot().catch(() => [])
  await child.stop()
  throw new StackProcessError(child.name, `was not ready within ${READY_MS / 1000} s`, [...child.stderrTail(), ...reasons])
}

function goneOf(child: KeptProcess): Promise<string> {
  return child.exited.then(({ code, signal }) => `${child.name} exited with ${signal ?? `code ${code}`}`)
}
