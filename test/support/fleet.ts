import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'

import { ReviewAnswer } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import { freePort, packagedNodePath, spawnKept } from '@torghut/local-stack'
import type { KeptProcess } from '@torghut/local-stack'

import { cleanEnvironment, getJson, postJson, startStack } from './running-stack.ts'
import type { RunningStack } from './running-stack.ts'

const workspace = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Several review APIs on one database and one gateway address, as replicas behind a load balancer. */
export interface Fleet {
  /** Addresses of the APIs; the first belongs to the stack. */
  apis: readonly string[]
  /** What the others wrote to standard error. */
  logs: readonly (readonly string[])[]
  stack: RunningStack
  /** Starts another API with the same settings and returns its address. */
  join(): Promise<string>
  stop(): Promise<void>
}

/** Starts `torghut up` for the database and the first API, and the others beside it with the same settings. */
export async function startFleet(
  size: number,
  gatewayUrl: string,
  env: Record<string, string> = {},
  nodeArgs: readonly string[] = [],
): Promise<Fleet> {
  const stack = await startStack({ env, args: ['--jangar-url', gatewayUrl] })
  const others: Awaited<ReturnType<typeof startReviewApi>>[] = []
  const stop = async () => {
    await Promise.all(others.map((other) => other.process.stop()))
    await stack.stop()
  }
  try {
    const settings = { ...(await settingsOf(stack.api)), ...env, JANGAR_BASE_URL: gatewayUrl, DATABASE_URL: stack.database }
    const join = async () => {
      const other = await startReviewApi(settings, nodeArgs)
      others.push(other)
      return other.url
    }
    while (others.length < size - 1) await join()
    const logs = others.map(({ lines }) => lines)
    return { apis: [stack.api, ...others.map(({ url }) => url)], logs, stack, join, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Starts the simulator on a port of the caller's choice, so that it can come back where it was. */
export async function startSimulator(port: number, args: readonly string[] = []): Promise<KeptProcess> {
  const ready = Promise.withResolvers<null>()
  const child = spawnKept({
    name: 'simulator',
    command: packagedNodePath(),
    args: [workspace('tools/jangar-simulator/src/main.ts'), '--port', String(port), ...args],
    env: cleanEnvironment(),
    onStdoutLine: () => ready.resolve(null),
  })
  const gone = child.exited.then(() => {
    throw new Error(`The simulator did not start: ${child.stderrTail().join('\n')}`)
  })
  gone.catch(() => undefined)
  await Promise.race([ready.promise, gone])
  return child
}

/** A review of a new decision. */
export async function review(api: string, headers: Record<string, string> = {}): Promise<ReviewAnswer> {
  const body = { ...exampleSubmission(), trade_decision_id: crypto.randomUUID() }
  const answered = await postJson(`${api}/v1/reviews`, body, headers)
  return ReviewAnswer.parse(answered.body)
}

/** Asks again until the condition holds; throws with what was seen last when it does not within the time. */
export async function until<T>(withinMs: number, ask: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  const endsAt = performance.now() + withinMs
  for (;;) {
    const seen = await ask()
    if (holds(seen)) return seen
    if (performance.now() > endsAt) throw new Error(`Not within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`)
    await sleep(50)
  }
}

/** The required settings of a running API, as its own answers tell them. */
async function settingsOf(api: string): Promise<Record<string, string>> {
  const { lineage } = await review(api)
  if (lineage.artifact_hash === null) throw new Error('The API serves no artifact')
  return {
    LLM_MODEL: lineage.model,
    LLM_DSPY_ARTIFACT_HASH: lineage.artifact_hash,
    LLM_DSPY_PROGRAM_NAME: lineage.program_name,
    LLM_DSPY_SIGNATURE_VERSION: lineage.signature_version,
    LLM_DSPY_TIMEOUT_SECONDS: '8',
    LLM_DSPY_COMPILE_METRICS_POLICY_REF: 'config/trading/llm/dspy-metrics.yaml',
    LLM_DSPY_SECRET_BINDING_REF: 'local-none',
    LLM_DSPY_AGENTRUN_TTL_SECONDS: '14400',
  }
}

async function startReviewApi(env: Record<string, string>, nodeArgs: readonly string[]) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const lines: string[] = []
  const process = spawnKept({
    name: 'review API',
    command: packagedNodePath(),
    args: [...nodeArgs, workspace('apps/review-api/src/main.ts')],
    env: { ...cleanEnvironment(), ...env, PORT: String(port) },
    onStderrLine: (line) => void lines.push(line),
  })
  try {
    await until(30_000, () => isReady(url), Boolean)
    return { url, process, lines }
  } catch (error) {
    await process.stop()
    throw new Error(`The review API did not get ready: ${lines.slice(-20).join('\n')}`, { cause: error })
  }
}

async function isReady(url: string): Promise<boolean> {
  return getJson(`${url}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  )
}
