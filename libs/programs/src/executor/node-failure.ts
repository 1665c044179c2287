import type { FallbackCause } from '@torghut/contracts'

/** Why a node, or a whole run, gave nothing: what a review records as its fallback. */
export interface Failure {
  ok: false
  cause: FallbackCause
  detail: string
}

export function failure(cause: FallbackCause, detail: string): Failure {
  return { ok: false, cause, detail }
}
