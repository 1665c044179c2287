import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Reply, Step } from './reply.ts'
import { KEEPALIVE } from './replies.ts'

/**
 * Does what a reply says and stops as soon as the client is gone. A stream gets a comment every
 * `keepaliveMs` from its start, whether or not data flows, until it falls silent.
 */
export async function playReply(response: ServerResponse, reply: Reply, keepaliveMs: number): Promise<void> {
  const gone = new AbortController()
  const isStream = reply.head?.status === 200 && reply.head.headers['content-type'] === 'text/event-stream'
  const keepalive = isStream ? setInterval(() => response.write(KEEPALIVE), keepaliveMs) : undefined
  response.once('close', () => {
    clearInterval(keepalive)
    gone.abort()
  })
  if (reply.head !== null) response.writeHead(reply.head.status, reply.head.headers)
  const stage = { ...writersFor(response, reply.head === null), keepaliveMs, signal: gone.signal }
  for (const step of reply.steps) {
    if (gone.signal.aborted) return
    if (step === 'hang') {
      clearInterval(keepalive)
      if (reply.head !== null) response.flushHeaders()
      return
    }
    if (await play(step, response, stage)) return
  }
  clearInterval(keepalive)
  if (reply.head === null) response.socket?.end()
  else response.end()
}

interface Stage {
  /** False asks for a flush before more is written. */
  write: (bytes: string | Uint8Array) => boolean
  flush: () => Promise<void>
  keepaliveMs: number
  signal: AbortSignal
}

/** True when the connection is over after this step. */
async function play(step: Exclude<Step, 'hang'>, response: ServerResponse, stage: Stage): Promise<boolean> {
  const { write, flush, keepaliveMs, signal } = stage
  if (step === 'flush' || step === 'cut' || step === 'reset') await flush()
  else if (step === 'keepalives') await keepSaying(write, keepaliveMs, signal)
  else if ('waitMs' in step) await pause(step.waitMs, signal)
  else if ('send' in step) await (write(step.send) || flush())
  else await pour(step, stage)
  if (step === 'cut') response.destroy()
  if (step === 'reset') response.socket?.resetAndDestroy()
  return step === 'cut' || step === 'reset'
}

async function pour({ flood, times }: { flood: string; times: number }, stage: Stage): Promise<void> {
  for (let sent = 0; sent < times && !stage.signal.aborted; sent += 1) {
    if (!stage.write(flood)) await stage.flush()
  }
}

async function keepSaying(write: Stage['write'], everyMs: number, signal: AbortSignal): Promise<void> {
  while (await pause(everyMs, signal)) write(KEEPALIVE)
}

/** False when the client left meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  return ms === 0 ? true : sleep(ms, true, { signal }).catch(() => false)
}

/** Writes into the body, or past HTTP for replies that are none; a client that leaves ends every wait. */
function writersFor(response: ServerResponse, raw: boolean): Pick<Stage, 'write' | 'flush'> {
  const target = raw ? response.socket : response
  return {
    write: (bytes) => target?.write(bytes) ?? true,
    flush: () =>
      new Promise((resolve) => {
        if (response.destroyed || target === null) return resolve()
        response.once('close', resolve)
        target.write('', () => {
          response.off('close', resolve)
          resolve()
        })
      }),
  }
}
