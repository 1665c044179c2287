import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readLines } from '../lines.ts'
import { packagedNodePath } from '../packaged-node.ts'

export type Program = { process: ChildProcess; pid: number; lines: string[]; line(start: string): Promise<string> }

/** Runs a program of this folder under the packaged Node, as the leader of its own process group. */
export function runProgram(file: string, ...args: string[]): Program {
  const program = spawn(packagedNodePath(), [join(import.meta.dirname, file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const lines: string[] = []
  readLines(program.stdout, (line) => lines.push(line))
  const line = (start: string) => eventually(() => lines.find((text) => text.startsWith(start)))
  return { process: program, pid: program.pid ?? Number.NaN, lines, line }
}

/** Polls until `look` finds something; fails after 15 s. */
export async function eventually<T>(look: () => T | undefined | false): Promise<T> {
  const startedAtMs = performance.now()
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    if (performance.now() - startedAtMs > 15_000) throw new Error(`Still waiting for ${look.toString()}`)
    await delay(2)
  }
}

/** Whether the process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return process.platform !== 'linux' || !isZombie(pid)
}

/** Whether the process has ended but nobody has asked for its exit code (Linux). */
export function isZombie(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** The last number of a line such as "child pid 42". */
export function pidIn(line: string): number {
  return Number(line.split(' ').at(-1))
}

/** Pids of all processes with `text` somewhere in their command line (Linux). */
export function processesMentioning(text: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && commandLine(pid).includes(text))
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
