import type { CompletionUsage, FallbackCause, Provenance, ReviewAdvice } from '@torghut/contracts'

import type { MandatoryRole } from '../artifact/loaded-artifact.ts'

export type { ProgramPorts } from './run-ports.ts'

/** What the model calls of a run left behind, for lineage and audit; null when none was made. */
export interface ProgramTrace {
  /** Of one node its prompt's hash, of several the hash over their first prompts' by node; also where a cache answered. */
  promptHash: string | null
  /** SHA-256 over the trimmed transcript, noise included: names what was received. Of several nodes as for prompts. */
  responseHash: string | null
  /** The last transcript of the deciding node. */
  responseText: string | null
  /** The sum over all calls; null when no call told its own. */
  usage: CompletionUsage | null
  /** From the start of the call that was first to bring something. */
  firstTokenMs: number | null
  /** From the start of the run to its end; null when no call was made. */
  totalMs: number | null
  bytes: number | null
  attempts: number
  /** Of the deciding node's last call. */
  completionId: string | null
  threadId: string | null
  /** Whether every first answer held to the strict shape; null when no answer was read. */
  strictlyValid: boolean | null
  ignoredKeys: readonly string[]
}

export type ProgramRun = ProgramTrace & { provenance: Provenance } & (
    | { ok: true; advice: ReviewAdvice; mandatoryRoles: readonly MandatoryRole[] }
    | { ok: false; cause: FallbackCause; detail: string }
  )

export const NO_TRACE: Readonly<ProgramTrace> = {
  promptHash: null,
  responseHash: null,
  responseText: null,
  usage: null,
  firstTokenMs: null,
  totalMs: null,
  bytes: null,
  attempts: 0,
  completionId: null,
  threadId: null,
  strictlyValid: null,
  ignoredKeys: [],
}

/** A run that ended before any call was made. */
export function failedRun(cause: FallbackCause, detail: string): ProgramRun {
  return { ok: false, cause, detail, ...NO_TRACE, provenance: { nodes: [], fields: [] } }
}
