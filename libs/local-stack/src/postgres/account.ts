import { chown, lstat, readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PathUnreachableError } from '../errors.ts'

/** "nobody" on every Linux; it needs no entry in /etc/passwd. */
const UNPRIVILEGED = { uid: 65534, gid: 65534 }

/** The account the server runs as; undefined means our own, which is only possible when we are not root. */
export type ServerAccount = { uid: number; gid: number } | undefined

/** Chooses the account: our own, or, as root, the owner of an existing cluster, or "nobody". */
export async function chooseAccount(clusterDir: string): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(clusterDir).catch(() => undefined)
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : UNPRIVILEGED
}

/** Gives a tree to the account. Does nothing when the account is our own. */
export async function giveTo(account: ServerAccount, path: string): Promise<void> {
  if (!account) return
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  for (const entry of entries) {
    const inner = join(entry.parentPath, entry.name)
    if (!(await lstat(inner)).isSymbolicLink()) await chown(inner, account.uid, account.gid)
  }
  await chown(path, account.uid, account.gid)
}

/**
 * What to pass as `-D` to a server whose working directory is `clusterDir`. Below a closed directory, such as root's
 * home, the account cannot walk to the path; on Linux it reaches the directory it already stands in through /proc.
 */
export async function dataDirArgument(clusterDir: string, account: ServerAccount): Promise<string> {
  if (!account || (await mayEnter(dirname(clusterDir), account))) return clusterDir
  if (process.platform === 'linux') return '/proc/self/cwd'
  throw new PathUnreachableError(clusterDir, account.uid, 'choose a data directory outside closed directories')
}

/** Whether the mode bits let the account walk through `dir` and everything above it. */
export async function mayEnter(dir: string, account: { uid: number; gid: number }): Promise<boolean> {
  let current = await realpath(dir)
  for (;;) {
    if (!(await mayUse(current, account, 0o1))) return false
    if (dirname(current) === current) return true
    current = dirname(current)
  }
}

/** Whether the mode bits grant the account all `wanted` bits (4 read, 2 write, 1 execute) on one path. */
export async function mayUse(path: string, account: { uid: number; gid: number }, wanted: number): Promise<boolean> {
  const { mode, uid, gid } = await stat(path)
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0
  return ((mode >> shift) & wanted) === wanted
}
