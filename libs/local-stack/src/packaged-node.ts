import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { NodeMissingError } from './errors.ts'

/** The oldest Node that runs our sources: type stripping is on without a flag and no longer warns (22.18), plus one. */
const OLDEST_NODE = { major: 22, minor: 19 }

/** The facts that decide which Node is used; a parameter so that each combination can be tried. */
export type NodeSurroundings = {
  platform: string
  arch: string
  version: string
  execPath: string
  resolve: (id: string) => string
}

/**
 * Absolute path of the Node 24 that npm installed, or of the running Node when that is at least 22.19.
 * Throws NodeMissingError when there is neither. PATH is never asked.
 */
export function packagedNodePath(): string {
  const { platform, arch, execPath, versions } = process
  const { resolve } = createRequire(import.meta.url)
  return chooseNode({ platform, arch, version: versions.node, execPath, resolve })
}

/** The decision behind packagedNodePath(), free of the process it runs in. */
export function chooseNode(surroundings: NodeSurroundings): string {
  for (const packageName of nodePackages(surroundings)) {
    const path = executableOf(packageName, surroundings)
    if (path !== undefined) return path
  }
  if (runsSources(surroundings.version)) return surroundings.execPath
  throw new NodeMissingError(surroundings.version)
}

/** Apple silicon is published under a longer name than its siblings. */
function nodePackages({ platform, arch }: NodeSurroundings): string[] {
  const system = platform === 'win32' ? 'win' : platform
  return [`node-${system}-${arch}`, `node-bin-${system}-${arch}`]
}

function executableOf(packageName: string, { platform, resolve }: NodeSurroundings): string | undefined {
  try {
    const root = dirname(resolve(`${packageName}/package.json`))
    const path = join(root, 'bin', platform === 'win32' ? 'node.exe' : 'node')
    accessSync(path, constants.X_OK)
    return path
  } catch {
    return undefined // Optional packages are absent on every platform but their own.
  }
}

function runsSources(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST_NODE.major || (major === OLDEST_NODE.major && minor >= OLDEST_NODE.minor)
}
