import type {
  CompletionTrace,
  CompletionTransport,
  CompletionUsage,
  FallbackCause,
  ReviewAdvice,
} from '@torghut/contracts'

import type { MandatoryRole } from '../artifact/loaded-artifact.ts'

/** What a run needs from outside. The nonce is fresh for every call; the timeout covers the whole run. */
export interface ProgramPorts {
  transport: CompletionTransport
  model: string
  nonce: string
  timeoutMs: number
  signal?: AbortSignal
}

/** What the model call left behind, for lineage and audit; null throughout when no call was made. */
export interface ProgramTrace {
  promptHash: string | null
  /** SHA-256 over the trimmed transcript, noise included: names what was received, not what was made of it. */
  responseHash: string | null
  responseText: string | null
  usage: CompletionUsage | null
  firstTokenMs: number | null
  totalMs: number | null
  bytes: number | null
  attempts: number
  completionId: string | null
  threadId: string | null
  /** Whether the first answer held to the strict shape; null when no answer was read. */
  strictlyValid: boolean | null
  ignoredKeys: readonly string[]
}

export type ProgramRun =
  | ({ ok: true; advice: ReviewAdvice; mandatoryRoles: readonly MandatoryRole[] } & ProgramTrace)
  | ({ ok: false; cause: FallbackCause; detail: string } & ProgramTrace)

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
  return { ok: false, cause, detail, ...NO_TRACE }
}

/** The transport's facts in the shape of a run's trace. */
export function traceOf(trace: CompletionTrace): Partial<ProgramTrace> {
  const { usage, firstTokenMs, totalMs, bytes, attempts, completionId, threadId } = trace
  return { usage, firstTokenMs, totalMs, bytes, attempts, completionId, threadId }
}
