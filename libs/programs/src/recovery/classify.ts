import type { FallbackCause } from '@torghut/contracts'

/**
 * Who can do something about a failure: `transient` passes by itself, `resource` when others give room back,
 * `validation` when the model is told what was wrong with its answer, `fatal` with none of these.
 */
export type FailureClass = 'transient' | 'resource' | 'validation' | 'fatal'

/** Classes by cause. Message texts are never read: they change, and strangers write them. */
const CLASSES: Readonly<Record<FallbackCause, FailureClass>> = {
  gateway_refused: 'transient',
  gateway_reset: 'transient',
  gateway_timeout: 'transient',
  gateway_stalled: 'transient',
  gateway_truncated: 'transient',
  gateway_error_frame: 'transient',
  gateway_http_error: 'fatal', // Until its status says otherwise.
  gateway_protocol: 'fatal', // Whoever answered is no gateway of ours.
  answer_missing: 'validation',
  answer_ambiguous: 'validation',
  answer_altered: 'validation',
  advice_invalid: 'validation',
  advice_incoherent: 'validation',
  unsafe_text: 'validation',
  breaker_open: 'fatal', // The breaker outlives the run.
  overloaded: 'resource',
  resource_exceeded: 'fatal', // A limit of the run itself: waiting gives nothing back.
  artifact_missing: 'fatal',
  artifact_hash_mismatch: 'fatal',
  artifact_not_promoted: 'fatal',
  artifact_program_mismatch: 'fatal',
  force_deterministic: 'fatal',
  internal: 'fatal',
}

/** Statuses that say "later" although they blame the request: time-out, too early, too many requests. */
const LATER_STATUSES: ReadonlySet<number> = new Set([408, 425, 429])

/** Statuses that say that somebody has run out of something: payment, storage, bandwidth. */
const EMPTY_STATUSES: ReadonlySet<number> = new Set([402, 507, 509])

/** The class of a failure, by its cause and the HTTP status where there was one. */
export function classifyFailure(cause: FallbackCause, status?: number): FailureClass {
  if (cause !== 'gateway_http_error' || status === undefined) return CLASSES[cause]
  if (EMPTY_STATUSES.has(status)) return 'resource'
  return LATER_STATUSES.has(status) || (status >= 500 && status <= 599) ? 'transient' : 'fatal'
}
