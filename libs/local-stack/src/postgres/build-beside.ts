import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Builds of ours that are under way; anything else that carries our pid is from an earlier life. */
const underWay = new Set<string>()

/**
 * Makes the directory `target` appear complete or not at all: `build` works in a yard beside it and returns the path
 * that then takes the name. A killed build leaves a yard that the next call, or sweepDeadBuilds(), removes. When
 * someone else was faster, theirs stays and ours is dropped.
 */
export async function buildBeside(target: string, build: (yard: string) => Promise<string>): Promise<void> {
  await sweepDeadBuilds(target)
  const name = `${basename(target)}.building-${process.pid}-${randomBytes(4).toString('hex')}`
  const yard = join(dirname(target), name)
  underWay.add(name)
  try {
    await mkdir(yard, { mode: 0o700 })
    await renameUnlessTaken(await build(yard), target)
    await syncDirectory(dirname(target))
  } finally {
    await removeTree(yard)
    underWay.delete(name)
  }
}

/** Removes what killed builds of `target` left behind. Builds under way, of whatever process, are left alone. */
export async function sweepDeadBuilds(target: string): Promise<void> {
  const prefix = `${basename(target)}.building-`
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(prefix) || underWay.has(name)) continue
    const pid = Number(name.slice(prefix.length).split('-')[0])
    if (pid !== process.pid && isAlive(pid)) continue
    await removeTree(join(dirname(target), name)).catch(() => undefined) // The next start tries again.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Retries, because the processes of a killed build may write for a few more milliseconds. */
function removeTree(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}

async function renameUnlessTaken(built: string, target: string): Promise<void> {
  try {
    await rename(built, target)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}

/** Makes the rename survive a power cut. Windows cannot open a directory and needs no such call. */
async function syncDirectory(dir: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(dir)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
