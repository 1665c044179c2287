import { join } from 'node:path'

import { SYSTEM_ACTOR } from '@torghut/contracts'
import type { DenylistEntry } from '@torghut/contracts'

import { ManifestsError } from '../errors.ts'
import { Denylist, findDenial } from '../inputs/denylist.ts'
import { readValues } from '../inputs/read-values.ts'
import { applyChanges, diffOf, planChanges } from './change-set.ts'
import { instantText } from './instant.ts'
import { DENYLIST_FILE, jsonText } from './pin-files.ts'

/** Who lifts which denial, and why. */
export interface Clearing {
  root: string
  hash: string
  reason: string
  by: string
  at: Date
}

/** Names that no person has: what they denied, a person has to look at. */
const NOT_PERSONS: readonly string[] = [SYSTEM_ACTOR, 'rollout-controller', 'lifecycle-worker']

/** Clears every open denial of an artifact; the entries stay, with who cleared them. Throws `ManifestsError`. */
export function clearDenial({ root, hash, reason, by, at }: Clearing): { diff: string; entry: DenylistEntry } {
  if (NOT_PERSONS.includes(by.trim())) throw new ManifestsError(`Cannot clear as "${by}": a person does`)
  const denylist = readValues(join(root, DENYLIST_FILE), Denylist)
  if (findDenial(denylist, hash) === undefined) throw new ManifestsError(`Cannot clear "${hash}": it is not denied`)
  const cleared = { cleared_by: by.trim(), reason: reason.trim(), cleared_at: instantText(at) }
  const entries = denylist.entries.map((entry) => (entry.artifact_hash === hash && entry.cleared === null ? { ...entry, cleared } : entry))
  const parsed = Denylist.safeParse({ entries })
  if (!parsed.success) throw new ManifestsError('Cannot clear: give --by and --reason in words, of at most 128 and 500 characters')
  const changes = planChanges(root, new Map([[DENYLIST_FILE, jsonText(parsed.data)]]))
  applyChanges(root, changes)
  return { diff: changes.map(diffOf).join(''), entry: entries.findLast(({ artifact_hash: was }) => was === hash) as DenylistEntry }
}
