import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Most files kept aside; beyond, the oldest go. A torn tail is a few kB that nobody was ever answered from. */
const FILES_MAX = 256

/**
 * What the journal cannot hand on: bytes a crash tore, entries a database refuses for good. They lie beside the
 * journals for a person to look at and stop nothing.
 */
export class Aside {
  readonly #folder: string
  #count = 0

  constructor(root: string) {
    this.#folder = join(root, 'aside')
  }

  /** Files kept aside. */
  get count(): number {
    return this.#count
  }

  /** Looks how many there are from before. */
  async open(): Promise<void> {
    this.#count = (await readdir(this.#folder).catch(() => [])).length
  }

  /** Throws what the disk says. The time in front of the name sorts the files by age. */
  async keep(name: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFile(join(this.#folder, `${Date.now()}-${name}`), bytes, { mode: 0o600, flush: true })
    const names = (await readdir(this.#folder)).sort()
    for (const old of names.slice(0, -FILES_MAX)) await rm(join(this.#folder, old), { force: true })
    this.#count = Math.min(names.length, FILES_MAX)
  }
}
