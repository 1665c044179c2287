import { readFileSync, unlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DataDirInUseError } from '../errors.ts'
import type { PostgresHome } from './home.ts'

/** A server whose parent was just killed learns of it within milliseconds; this allows for a busy machine. */
const ORPHAN_WAIT_MS = 1_000
/** A server that says it is stopping may have a checkpoint to write; its keeper kills it after 10 s. */
const STOPPING_WAIT_MS = 15_000
const POLL_MS = 50

/**
 * Returns once no living server serves the cluster, and removes a pid file that points at a zombie or at some other
 * program (PostgreSQL itself clears one whose pid is free). Throws DataDirInUseError when a server stays,
 * and the signal's reason when it is aborted.
 */
export async function claimCluster({ dir, clusterDir, secrets }: PostgresHome, signal?: AbortSignal): Promise<void> {
  const pidFile = join(clusterDir, 'postmaster.pid')
  const startedAtMs = performance.now()
  for (;;) {
    signal?.throwIfAborted()
    const holder = readHolder(clusterDir)
    if (holder === undefined) return
    const kind = await kindOf(holder.pid, secrets.clusterName)
    if (kind === 'unknown') return // PostgreSQL's own check decides.
    if (kind === 'stranger') return removeIfUnchanged(pidFile, holder.text)
    const limitMs = holder.status === 'stopping' ? STOPPING_WAIT_MS : ORPHAN_WAIT_MS
    if (performance.now() - startedAtMs > limitMs) throw new DataDirInUseError(dir, holder.pid)
    await delay(POLL_MS)
  }
}

export type Holder = { pid: number; port: number; status: string; text: string }

/** Line 1 of the pid file is the pid, line 4 the port, line 8 the state ("starting", "ready", "stopping"). */
export function readHolder(clusterDir: string): Holder | undefined {
  const text = readIfPresent(join(clusterDir, 'postmaster.pid'))
  if (text === undefined) return undefined
  const lines = text.split('\n')
  const pid = Number.parseInt(lines[0] ?? '', 10)
  return Number.isNaN(pid) ? undefined : { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? '', text }
}

/**
 * Only Linux tells what a pid is without another program, and readably for every account (the working directory of
 * another account's process is hidden from root inside a container). The command line of a zombie is empty.
 */
export async function kindOf(pid: number, clusterName: string): Promise<'server' | 'stranger' | 'unknown'> {
  if (process.platform !== 'linux') return 'unknown'
  try {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    const [program = '', ...args] = commandLine.split('\0')
    return basename(program) === 'postgres' && args.includes(`cluster_name=${clusterName}`) ? 'server' : 'stranger'
  } catch {
    return 'unknown'
  }
}

/** Synchronous, so that nothing of ours runs between the comparison and the removal. */
function removeIfUnchanged(pidFile: string, judged: string): void {
  if (readIfPresent(pidFile) === judged) unlinkSync(pidFile)
}

function readIfPresent(pidFile: string): string | undefined {
  try {
    return readFileSync(pidFile, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
