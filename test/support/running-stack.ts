import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { packagedNodePath, spawnKept } from '@torghut/local-stack'
import type { KeptProcess } from '@torghut/local-stack'

export const torghutBin = fileURLToPath(new URL('../../apps/cli/bin/torghut.mjs', import.meta.url))

/** A stack started as a person would: `torghut up --json` in a folder of its own. */
export interface RunningStack {
  api: string
  jangar: string
  database: string
  dataDir: string
  process: KeptProcess
  stop(): Promise<void>
}

/** A folder that processes of any account may walk into, removed with `removeFolder`. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'torghut-test-'))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

/** Starts `torghut up` and waits for its one line; on failure throws with the last lines it wrote. */
export async function startStack(
  options: { dataDir?: string; env?: Record<string, string>; args?: readonly string[] } = {},
): Promise<RunningStack> {
  const dataDir = options.dataDir ?? temporaryFolder()
  const ready = Promise.withResolvers<{ api: string; jangar: string; database: string }>()
  const child = spawnKept({
    name: 'torghut up',
    command: packagedNodePath(),
    args: [torghutBin, 'up', '--json', '--port', '0', '--data-dir', dataDir, ...(options.args ?? [])],
    env: { ...cleanEnvironment(), ...options.env },
    onStdoutLine: (line) => ready.resolve(JSON.parse(line)),
    graceMs: 15_000,
  })
  const exited = child.exited.then(({ code }) => {
    throw new Error(`torghut up exited with ${code}: ${child.stderrTail().join('\n')}`)
  })
  const urls = await Promise.race([ready.promise, exited])
  exited.catch(() => undefined)
  return {
    ...urls,
    dataDir,
    process: child,
    stop: async () => {
      await child.stop()
      if (options.dataDir === undefined) removeFolder(dataDir)
    },
  }
}

/** The environment of a bare machine: none of our settings, whatever the developer has set. */
export function cleanEnvironment(): Record<string, string> {
  const ours = /^(LLM_|TRADING_|TORGHUT_|JANGAR_|DATABASE_|REPLAY_CLOCK|PORT$|HOST$|npm_)/
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !ours.test(entry[0])),
  )
}

/** Posts JSON (or raw text) and reads the JSON answer. */
export function postJson(url: string, body: unknown, headers: Record<string, string> = {}) {
  return sendJson('POST', url, body, headers)
}

/** The same with another method. */
export async function sendJson(method: 'POST' | 'PUT', url: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, never> & { [key: string]: unknown } }
}

export async function getJson(url: string) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) })
  return { status: answer.status, body: (await answer.json()) as { [key: string]: unknown } }
}
