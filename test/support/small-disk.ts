import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { removeFolder, temporaryFolder } from './running-stack.ts'

/** A disk of its own, of a size that can be changed and filled to the last byte. */
export interface SmallDisk {
  path: string
  resize(mib: number): void
  setReadOnly(): void
  fill(): void
  makeRoom(): void
  remove(): void
}

/** Mounts a tmpfs; null where mounting is not allowed. */
export function mountSmallDisk(mib: number): SmallDisk | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null
  const folder = temporaryFolder()
  const path = join(folder, 'disk')
  mkdirSync(path)
  if (!mount('-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', path)) {
    removeFolder(folder)
    return null
  }
  const ballast = join(path, 'ballast')
  return {
    path,
    resize: (size) => void mount('-o', `remount,size=${size}m`, path),
    setReadOnly: () => void mount('-o', 'remount,ro', path),
    fill: () => fillWith(ballast),
    makeRoom: () => rmSync(ballast),
    remove: () => {
      if (existsSync(path)) spawnSync('umount', ['-l', path])
      removeFolder(folder)
    },
  }
}

/** Whether `mountSmallDisk` works here; tests that need it are skipped and say so where it does not. */
export const canMount = (() => {
  const disk = mountSmallDisk(1)
  disk?.remove()
  return disk !== null
})()

function mount(...args: string[]): boolean {
  return spawnSync('mount', args).status === 0
}

/** Writes ever smaller blocks until not one byte more fits. */
function fillWith(file: string): void {
  for (const bytes of [1024 * 1024, 4096, 1]) {
    const block = Buffer.alloc(bytes)
    try {
      for (;;) writeFileSync(file, block, { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}
