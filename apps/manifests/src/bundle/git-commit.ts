import { execFileSync } from 'node:child_process'

import { Timestamp } from '@torghut/contracts'

import { ManifestsError } from '../errors.ts'

/** The commit a working tree stands on. */
export interface Commit {
  sha: string
  committedAt: string
}

/** Longest wait for git, which only reads a few files. */
const GIT_MS = 10_000

/** What a governance bundle is made from: it must be what the commit says. */
const COVERED = ['config', 'argocd']

/** The commit of the repository. Throws `ManifestsError` when there is none, or when covered files are not committed. */
export function readCommit(root: string): Commit {
  const [sha = '', committedAt = ''] = git(root, ['show', '--no-patch', '--format=%H %cI', 'HEAD']).trim().split(' ')
  const at = Timestamp.safeParse(committedAt)
  if (!at.success) throw new ManifestsError(`Cannot read the commit of ${root}: git says "${sha} ${committedAt}"`)
  const dirty = git(root, ['status', '--porcelain', '--untracked-files=all', '--', ...COVERED]).split('\n').filter((line) => line !== '')
  if (dirty.length === 0) return { sha, committedAt: at.data }
  throw new ManifestsError(`Commit first: ${dirty.length} files of ${COVERED.join(' and ')} differ from HEAD, the first is ${dirty[0]?.slice(3) ?? ''}`)
}

/** Settings of whoever runs it, such as a pager or a file system monitor, play no part. */
function git(root: string, args: readonly string[]): string {
  try {
    const env = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_NOSYSTEM: '1', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }
    const settings = ['-c', `safe.directory=${root}`, '-c', 'core.fsmonitor=false']
    return execFileSync('git', [...settings, '-C', root, ...args], { encoding: 'utf8', timeout: GIT_MS, env, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split('\n')[0]
    throw new ManifestsError(`Cannot read the commit of ${root}: ${said ?? (error as Error).message}`, { cause: error })
  }
}
