import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { z } from 'zod'

/** What was fixed before any optimizer was compared, so that neither side could be fitted to the other. */
export const FrozenWorlds = z.strictObject({
  /** SHA-256 over the names and bytes of every source in `model/` and `difficulty/`, tests aside. */
  sources_sha256: z.hex().length(64),
  worlds: z.array(z.string()).min(20),
  /** Worlds nobody may look at before the optimizers are frozen: only the hash of their list is known. */
  sealed: z.strictObject({ count: z.int().positive(), sha256: z.hex().length(64) }),
})
export type FrozenWorlds = z.infer<typeof FrozenWorlds>

/** A sealed list of worlds; the salt keeps its hash from being guessed. */
export const SealedWorlds = z.strictObject({ salt: z.hex().min(32), worlds: z.array(z.string()).min(1) })
export type SealedWorlds = z.infer<typeof SealedWorlds>

export const FROZEN_FILE = fileURLToPath(new URL('frozen-worlds.json', import.meta.url))

const FROZEN_FOLDERS = ['difficulty', 'model']

export function readFrozenWorlds(): FrozenWorlds {
  return FrozenWorlds.parse(JSON.parse(readFileSync(FROZEN_FILE, 'utf8')))
}

/** The hash of the sources as they are now. */
export function hashSources(): string {
  const hash = createHash('sha256')
  for (const folder of FROZEN_FOLDERS) {
    const directory = new URL(`${folder}/`, import.meta.url)
    const names = readdirSync(directory).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    for (const name of names.sort()) {
      hash
        .update(`${folder}/${name}\u0000`)
        .update(readFileSync(new URL(name, directory)))
        .update('\u0000')
    }
  }
  return hash.digest('hex')
}

/** The published hash of a sealed list: salt and names, a line each. */
export function hashSealed({ salt, worlds }: SealedWorlds): string {
  return createHash('sha256')
    .update([salt, ...worlds].join('\n'))
    .digest('hex')
}
