import { readTrustedKey } from '@torghut/audit'
import type { TrustedKey } from '@torghut/audit'
import { Actor } from '@torghut/contracts'
import { z } from 'zod'

import { FileRefusedError } from '../errors.ts'
import { readValues } from '../inputs/read-values.ts'

const Approvers = z.strictObject({
  approvers: z.array(z.strictObject({ subject: Actor, publicKey: z.string().min(1).max(4096) })).max(256),
})

/** A person whose approvals count, with the key that checks their signatures. One person may have several keys. */
export interface Approver {
  subject: string
  key: TrustedKey
}

/** Reads who may approve. Throws `FileRefusedError`, also for a private key: it has no place in this file. */
export function readApprovers(path: string): Approver[] {
  return readValues(path, Approvers).approvers.map(({ subject, publicKey }) => {
    const refuse = (why: string, cause?: unknown) =>
      new FileRefusedError(path, null, `the key of ${subject} ${why}`, { cause })
    if (/PRIVATE KEY/.test(publicKey)) throw refuse('is private: replace it, somebody may have read it')
    try {
      return { subject, key: readTrustedKey(publicKey) }
    } catch (cause) {
      throw refuse('is no Ed25519 public key in PEM', cause)
    }
  })
}
