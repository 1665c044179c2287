import type { FallbackCause, Provenance } from '@torghut/contracts'

import { fallbackAdvice } from '../executor/fallback.ts'
import type { ProgramRun } from '../executor/program-run.ts'
import { fallbackFields } from './field-sources.ts'

/**
 * The provenance of a review's advice: what the run left, or where the fallback spoke for it, its cause beside what the
 * run did until then. Null when there is no advice.
 */
export function reviewProvenance(run: ProgramRun | null, fallbackCause: FallbackCause | null): Provenance | null {
  if (fallbackCause === null) return run?.provenance ?? null
  const fields = fallbackFields(fallbackAdvice(fallbackCause), fallbackCause)
  return { nodes: run?.provenance.nodes ?? [], fields }
}
