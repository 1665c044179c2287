/**
 * A process of its own, run with --expose-gc: cancels calls and prints what they left behind as one JSON
 * line. Arguments: calls to measure, address of a simulator.
 */
import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

import { createJangarTransport } from '@torghut/jangar-transport'

import { inParallel } from './in-parallel.ts'

export interface Leftovers {
  growthBytes: number
  timers: number
  listeners: number
  causes: string[]
}

/**
 * Calls that fill the caches of the client and of the engine before anything is measured; the engine goes
 * on compiling for some tens of thousands of calls, so a long measurement begins later.
 */
const WARM_UP_CALLS_MIN = 3_000
const WARM_UP_SHARE = 0.4

const WIDTH = 32

/** Where a call is when it is cancelled, as a fault that keeps it there. */
const PLACES = ['headers_never', 'stall@0', 'stall@2', 'keepalives@2', 'http_503'] as const

const request = { model: 'gpt-5.3-codex-spark', messages: [{ role: 'user' as const, content: 'x' }] }
const [calls = '0', url = ''] = process.argv.slice(2)
const transports = PLACES.map((place) =>
  createJangarTransport({ chatUrl: `${url}/openai/v1/chat/completions?fault=${place}` }),
)
const left = { listeners: 0, causes: new Set<string>() }

await cancelCalls(Math.max(WARM_UP_CALLS_MIN, Number(calls) * WARM_UP_SHARE))
const heapBefore = await settledHeap()
const timersBefore = openTimers()
await cancelCalls(Number(calls))
const growthBytes = (await settledHeap()) - heapBefore
const timers = openTimers() - timersBefore
const leftovers: Leftovers = { growthBytes, timers, listeners: left.listeners, causes: [...left.causes] }
process.stdout.write(`${JSON.stringify(leftovers)}\n`)
for (const transport of transports) await transport.close()

/** Each call is cancelled at another moment, from before its start to well inside it. */
async function cancelCalls(count: number): Promise<void> {
  await inParallel(Array.from({ length: count }, (_, index) => index), WIDTH, async (index) => {
    const controller = new AbortController()
    const { signal } = controller
    if (index % 10 === 9) controller.abort()
    const call = transports[index % PLACES.length]?.complete(request, { timeoutMs: 60_000, signal })
    if (index % 10 !== 8) await sleep(index % 7)
    controller.abort()
    const result = await call
    left.causes.add(result?.ok === false ? result.cause : 'ok')
    left.listeners += getEventListeners(signal, 'abort').length
  })
}

/** The heap once every socket of the calls is gone; idle connections close after four seconds. */
async function settledHeap(): Promise<number> {
  while (process.getActiveResourcesInfo().includes('TCPSocketWrap')) await sleep(100)
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.()
    await sleep(50)
  }
  return process.memoryUsage().heapUsed
}

function openTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}
