import type { FallbackCause } from '../review/vocabulary.ts'

/** What a failure counts for: the gateway with the model asked, the artifact that asked, or no breaker at all. */
export type BreakerScope = 'gateway and model' | 'artifact' | 'never'

/** One way a program could give no advice: what happened, what the caller gets, and who should look at it. */
export interface FallbackRow {
  what: string
  answer: string
  breaker: BreakerScope
}

/** Said once for all: a fallback vetoes whatever is not a proved exit, and a proved exit never asks a program. */
const FALLBACK = 'fallback: a veto'
const NO_CALL = 'fallback: a veto, without a call'

/** Every cause a review can name in `fallback.cause`; the failure table of the documentation is written from this. */
export const FALLBACK_CAUSES = {
  gateway_refused: gateway('No connection to the gateway could be made'),
  gateway_reset: gateway('The connection broke before the answer was whole'),
  gateway_timeout: gateway('The answer was not whole when the time for it ended'),
  gateway_stalled: gateway('The stream stayed open and went silent'),
  gateway_truncated: gateway('The stream ended without its end mark'),
  gateway_error_frame: gateway('The gateway sent an error inside the stream'),
  gateway_http_error: gateway('The gateway answered with a status of 400 or more'),
  gateway_protocol: gateway('The reply was not the event stream that was asked for, or grew past its limits'),
  answer_missing: answer('The reply holds no answer marker of this call'),
  answer_ambiguous: answer('The reply holds more than one answer marker of this call'),
  answer_altered: answer('What stands between the answer markers is cut, too long or no JSON object'),
  advice_invalid: answer('The answer does not have the shape of an advice'),
  advice_incoherent: answer('The answer contradicts itself, or cites what the request does not hold'),
  breaker_open: { what: 'Too many calls failed before this one', answer: NO_CALL, breaker: 'never' },
  overloaded: { what: 'As many programs run as one process may run', answer: NO_CALL, breaker: 'never' },
  artifact_missing: artifact('Nothing is stored under the pinned hash, or the pin is no hash'),
  artifact_hash_mismatch: artifact('The stored bytes do not hash to the pinned name'),
  artifact_not_promoted: artifact('No promotion lets the artifact serve in this trading mode'),
  artifact_program_mismatch: artifact('The artifact is another program, version, model or format than configured'),
  resource_exceeded: {
    what: 'The prompt is larger than a review may send, or another owner of the same key did not finish in time',
    answer: NO_CALL,
    breaker: 'never',
  },
  force_deterministic: { what: 'The control of this name is on', answer: NO_CALL, breaker: 'never' },
  unsafe_text: answer('The answer holds NUL or a lone surrogate, which cannot be stored and read back'),
  internal: { what: 'Our own code failed while the program ran', answer: FALLBACK, breaker: 'never' },
} as const satisfies Record<FallbackCause, FallbackRow>

function gateway(what: string): FallbackRow {
  return { what, answer: FALLBACK, breaker: 'gateway and model' }
}

function answer(what: string): FallbackRow {
  return { what, answer: FALLBACK, breaker: 'artifact' }
}

function artifact(what: string): FallbackRow {
  return { what, answer: NO_CALL, breaker: 'never' }
}
