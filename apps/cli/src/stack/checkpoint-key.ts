import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { CliError } from '../errors.ts'

/**
 * The local key that signs checkpoints, below the data folder and outside the database; made when there is none yet,
 * readable by nobody else. Returns its path. A key that is there is never replaced: what it signed would verify no more.
 */
export async function localCheckpointKey(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'keys')
  const path = join(folder, 'checkpoint-ed25519.pem')
  const { privateKey } = generateKeyPairSync('ed25519')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'EEXIST') throw new CliError(`Cannot write a checkpoint key to "${path}" (${code})`, { cause })
  }
  return path
}
