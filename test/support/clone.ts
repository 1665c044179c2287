import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const workspace = fileURLToPath(new URL('../..', import.meta.url))

/** What a command needs to run, dependencies included. */
const PARTS = ['apps', 'libs', 'tools', 'config', 'node_modules', 'package.json', 'tsconfig.base.json']

/** A second installation of the project, as hard links (Linux): its folders are its own, its files are shared. */
export interface Clone {
  dir: string
  bin: string
  remove(path: string): void
  /** Replaces a file; the one it was linked to stays as it is. */
  rewrite(path: string, change: (text: string) => string): void
}

/** Links the project into a folder that must not exist yet. A disk of its own gets copies instead. */
export function cloneInto(dir: string): Clone {
  execFileSync('mkdir', ['-p', dir])
  const sources = PARTS.map((part) => join(workspace, part)).filter((part) => existsSync(part))
  const how = statSync(dir).dev === statSync(workspace).dev ? '-al' : '-a'
  execFileSync('cp', [how, ...sources, dir], { stdio: ['ignore', 'ignore', 'pipe'] })
  const within = (path: string) => join(dir, path)
  return {
    dir,
    bin: within('apps/cli/bin/torghut.mjs'),
    remove: (path) => rmSync(within(path), { recursive: true }),
    rewrite: (path, change) => {
      const text = change(readFileSync(within(path), 'utf8'))
      rmSync(within(path))
      writeFileSync(within(path), text)
    },
  }
}

/** A Node on this machine that cannot run the sources (older than 22.19), or null. */
export function findOldNode(): string | null {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  const nodes = places.map((place) => join(place, 'node')).filter((node) => existsSync(node))
  return nodes.find((node) => isOld(execFileSync(node, ['--version'], { encoding: 'utf8' }))) ?? null
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major < 22 || (major === 22 && minor < 19)
}
