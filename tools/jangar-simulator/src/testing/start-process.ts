import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface SimulatorProcess {
  child: ChildProcess
  url: string
  /** Sends SIGTERM and gives the exit code. */
  stop(): Promise<number | null>
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

/** Starts the simulator the way a user does and waits for its ready line. */
export async function startProcess(...args: string[]): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [MAIN, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const ready = JSON.parse(line) as { ready: boolean; url: string }
  if (!ready.ready) throw new Error(`Simulator printed ${line} instead of being ready`)
  return {
    child,
    url: ready.url,
    async stop() {
      if (child.exitCode !== null) return child.exitCode
      const exited = once(child, 'exit') as Promise<[number | null]>
      child.kill('SIGTERM')
      return (await exited)[0]
    },
  }
}
