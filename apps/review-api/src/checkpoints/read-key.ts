import { readFileSync } from 'node:fs'

import { readSigningKey, readTrustedKey } from '@torghut/audit'
import type { SigningKey, TrustedKey } from '@torghut/audit'

import { StartRefusedError } from '../errors.ts'

/** The key of TORGHUT_CHECKPOINT_KEY_FILE; null without one. A named key that cannot be used refuses the start. */
export function readCheckpointKey(path: string | null): (SigningKey & TrustedKey) | null {
  if (path === null) return null
  try {
    const pem = readFileSync(path, 'utf8')
    return { ...readSigningKey(pem), publicKey: readTrustedKey(pem).publicKey }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
    const message = reason === 'SIGNING_KEY_INVALID' ? (cause as Error).message : `it cannot be read (${reason})`
    throw new StartRefusedError(`TORGHUT_CHECKPOINT_KEY_FILE names "${path}": ${message}`, { cause })
  }
}
