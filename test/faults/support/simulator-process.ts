import { fileURLToPath } from 'node:url'

import { packagedNodePath, spawnKept } from '@torghut/local-stack'

export interface SimulatorProcess {
  url: string
  /** The chat endpoint with a fault in its address: `fault=stall@3&deltas=40`. */
  chatUrl(query: string): string
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../../tools/jangar-simulator/src/main.ts', import.meta.url))

/** A simulated gateway as a process of its own, so that its work does not delay the clocks of the caller. */
export async function startSimulatorProcess(...args: string[]): Promise<SimulatorProcess> {
  const ready = Promise.withResolvers<string>()
  const child = spawnKept({
    name: 'Jangar simulator',
    command: packagedNodePath(),
    args: [MAIN, '--port', '0', ...args],
    onStdoutLine: (line) => ready.resolve((JSON.parse(line) as { url: string }).url),
  })
  const exited = child.exited.then(({ code }): never => {
    throw new Error(`The simulator exited with ${code}: ${child.stderrTail().join(' | ')}`)
  })
  exited.catch(() => undefined)
  const url = await Promise.race([ready.promise, exited])
  return {
    url,
    chatUrl: (query) => `${url}/openai/v1/chat/completions?${query}`,
    stop: () => child.stop(),
  }
}
