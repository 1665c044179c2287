import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { readPins } from '../converge/read-pins.ts'
import { PinRefusedError } from '../errors.ts'
import { Denylist, denialText, findDenial } from '../inputs/denylist.ts'
import { readValues } from '../inputs/read-values.ts'

/** The denylist of the repository this program stands in. It counts wherever a pins file lies. */
const OWN_DENYLIST = fileURLToPath(new URL('../../../../config/deploy/denylist.json', import.meta.url))

/**
 * Throws `PinRefusedError` when a pins file wants an artifact that our denylist, or one beside the pins file, denies: an
 * old copy of the pins must not bring back what was rolled back. Throws what reading the pins throws.
 */
export function refuseDeniedPins(pinsFile: string): void {
  const hash = readPins(pinsFile).env['LLM_DSPY_ARTIFACT_HASH']
  if (hash == null) return
  const beside = join(dirname(pinsFile), 'denylist.json')
  for (const file of new Set([OWN_DENYLIST, ...(existsSync(beside) ? [beside] : [])])) {
    const denial = findDenial(readValues(file, Denylist), hash)
    if (denial !== undefined) throw new PinRefusedError('hash_denied', `${pinsFile} pins ${hash}, ${denialText(denial)}`)
  }
}
