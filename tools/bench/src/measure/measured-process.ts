import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/** What a process took from its start to its end. `peakBytes` is NaN where the system does not tell. */
export type ProcessFigures = Record<'ms' | 'peakBytes', number>

export interface MeasuredProcess {
  /** 127 for a program that is not there, as a shell has it. */
  exitCode: number
  stdout: string
  stderr: string
  figures: ProcessFigures
}

/** Enough for one line of version or of error; the rest of what a process says is thrown away. */
const KEPT_CHARACTERS = 4_096

/** How often the high-water mark is read; it only grows, so that little is missed at the end. */
const LOOK_MS = 25

/** Runs a program to its end and measures it. Throws the reason of `signal`, with the process killed. */
export async function runMeasured({
  command,
  args,
  signal,
}: {
  command: string
  args: readonly string[]
  signal: AbortSignal
}): Promise<MeasuredProcess> {
  signal.throwIfAborted()
  const startedMs = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] = (said[name] + text).slice(-KEPT_CHARACTERS)
    })
  }
  let peakBytes = NaN
  const look = async () => {
    const bytes = await peakOf(child.pid)
    if (bytes !== null) peakBytes = bytes
  }
  const looking = setInterval(() => void look(), LOOK_MS)
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) =>
        'code' in error && error.code === 'ENOENT' ? resolve(127) : reject(error),
      )
      child.once('close', (code) => resolve(code ?? 1))
    })
    return { exitCode, ...said, figures: { ms: performance.now() - startedMs, peakBytes } }
  } finally {
    clearInterval(looking)
  }
}

async function peakOf(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  return kibibytes === undefined ? null : Number(kibibytes) * 1024
}
