import { isDeepStrictEqual } from 'node:util'

import { hashCoveredSources } from './covered-sources.ts'
import { ResultUnreadableError } from './errors.ts'
import type { Proof } from './registry.ts'
import { readResult } from './result-file.ts'

/** Whether a proof's committed result still speaks about the sources as they are. */
export type ProofState =
  | { state: 'current'; provedAt: string }
  | { state: 'missing' }
  | { state: 'unreadable'; reason: string }
  | { state: 'stale'; provedAt: string; reason: string }

/** Compares the result of a proof with its sources and its registered counts. Throws `NothingCoveredError`. */
export function proofState(root: string, proof: Proof): ProofState {
  const sources = hashCoveredSources(root, proof)
  try {
    const result = readResult(root, proof.name)
    if (result === null) return { state: 'missing' }
    const { proved_at: provedAt } = result
    const stale = (reason: string): ProofState => ({ state: 'stale', provedAt, reason })
    if (!provedTheSame(result.parts, proof.parts)) return stale('its counts have changed')
    if (result.sources.hash !== sources.hash) return stale('its sources have changed')
    return { state: 'current', provedAt }
  } catch (error) {
    if (error instanceof ResultUnreadableError) return { state: 'unreadable', reason: error.message }
    throw error
  }
}

function provedTheSame(proved: Proof['parts'], registered: Proof['parts']): boolean {
  const facts = ({ name, settings }: Proof['parts'][number]) => ({ name, settings })
  return isDeepStrictEqual(proved.map(facts), registered.map(facts))
}
