import { Sha256 } from '@torghut/contracts'

import { PinRefusedError } from '../errors.ts'
import { BOOTSTRAP_HASH } from '../inputs/contradictions.ts'
import { denialText, findDenial } from '../inputs/denylist.ts'
import type { Denylist } from '../inputs/denylist.ts'

/** Throws `PinRefusedError` for what can be the name of no artifact that is pinned, whatever its evidence. */
export function checkHash(hash: string, denylist: Denylist): void {
  if (hash === '') throw new PinRefusedError('hash_empty', 'the hash is empty')
  if (/^[0-9a-fA-F]{64}$/.test(hash) && hash !== hash.toLowerCase())
    throw new PinRefusedError('hash_upper_case', 'the hash has capitals; artifacts are named in lower-case hex')
  if (!Sha256.safeParse(hash).success)
    throw new PinRefusedError('hash_malformed', 'the hash is not 64 lower-case hex digits')
  if (hash === BOOTSTRAP_HASH)
    throw new PinRefusedError('hash_bootstrap', 'this is the bootstrap heuristic, which is never pinned')
  const denial = findDenial(denylist, hash)
  if (denial !== undefined) throw new PinRefusedError('hash_denied', `${hash} is ${denialText(denial)}`)
}
