import { fileURLToPath } from 'node:url'

import type { KeptProcess } from '@torghut/local-stack'
import { z } from 'zod'

import { StackProcessError } from '../errors.ts'
import { goneOf, spawnLogged, waitUntilReady } from './stack-process.ts'
import type { Look, StartWatch } from './stack-process.ts'

/** How long `/readyz` may take to answer, in milliseconds. */
const READYZ_MS = 2_000

/** A running process of the stack and where it answers. */
export interface StackProcess {
  url: string
  /** Resolves with a sentence when the process goes away by itself. */
  gone: Promise<string>
  stop(): Promise<void>
}

const workspace = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))

/** Starts the simulator; it prints one JSON line when it listens. */
export async function startSimulator(
  options: { dataDir: string; args: readonly string[] } & StartWatch,
): Promise<StackProcess> {
  let url: string | null = null
  const child = spawnLogged('Jangar simulator', options.dataDir, 'jangar-simulator', {
    args: [workspace('tools/jangar-simulator/src/main.ts'), '--port', '0', ...options.args],
    env: process.env,
    onStdoutLine: (line) => (url ??= readyUrl(line)),
  })
  await waitUntilReady(child, async () => ({ ready: url !== null, reasons: [] }), options)
  return describeProcess(child, url ?? '')
}

/**
 * Starts the review API and waits until its `/readyz` accepts. Where it listens is read from its own log: whatever
 * else may answer on the port is not it.
 */
export async function startReviewApi(
  options: { dataDir: string; port: number; environment: Record<string, string> } & StartWatch,
): Promise<StackProcess> {
  let url: string | null = null
  const child = spawnLogged('review API', options.dataDir, 'review-api', {
    args: [workspace('apps/review-api/src/main.ts')],
    env: { ...process.env, ...options.environment, PORT: String(options.port) },
    onStdoutLine: (line) => (url ??= listeningUrl(line)),
  })
  await waitUntilReady(child, () => askReadiness(url, options.signal), options)
  return describeProcess(child, url ?? '')
}

/** The replay prints one JSON document a line; the callback gets each. Resolves with its exit code. */
export function startReplay(options: {
  dataDir: string
  args: readonly string[]
  onLine(line: string): void
}): KeptProcess {
  return spawnLogged('market replay', options.dataDir, 'market-replay', {
    args: [workspace('tools/market-replay/src/main.ts'), ...options.args],
    env: process.env,
    onStdoutLine: options.onLine,
  })
}

function describeProcess(child: KeptProcess, url: string): StackProcess {
  const gone = goneOf(child).then((why) => new StackProcessError(child.name, why, child.stderrTail()).message)
  return { url, gone, stop: () => child.stop() }
}

function readyUrl(line: string): string | null {
  const match = /^\{"ready":true,.*"url":"([^"]+)"/.exec(line)
  return match?.[1] ?? null
}

/** The line the API writes once it listens. A wildcard address is reached over the loopback. */
function listeningUrl(line: string): string | null {
  const address = /"address":"(http:[^"]+)".*"msg":"Listening"/.exec(line)?.[1]
  return address?.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:') ?? null
}

const Readiness = z.object({ reasons: z.array(z.object({ name: z.string(), reason: z.string() })) })

/**
 * What `/readyz` says, with one sentence for each thing that is missing. An API with a journal is ready without its
 * database; the stack is not.
 */
async function askReadiness(url: string | null, signal: AbortSignal): Promise<Look> {
  if (url === null) return { ready: false, reasons: [] }
  const answer = await fetch(`${url}/readyz`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(READYZ_MS)]),
  })
  const parsed = Readiness.safeParse(await answer.json())
  const found = parsed.success ? parsed.data.reasons : []
  const reasons = found.map(({ name, reason }) => `${name}: ${reason}`)
  return { ready: answer.ok && !found.some(({ name }) => name === 'database'), reasons }
}
