import { sha256Hex } from '@torghut/contracts'

import { nonceFrom } from '../answer/nonce.ts'

/** Which call of a run: no two of a run are alike. */
export interface CallPlace {
  nodeId: string
  sample: number
  /** Calls of this sample before it. */
  turn: number
}

/** Bytes of the digest a call's nonce is made from: 24 characters of 36 hold more than 120 bits. */
const NONCE_BYTES = 24

/**
 * The nonce of one call, from the run's own: whoever saw one prompt can tell neither the run's nonce nor that of any
 * other call, and the order in which calls go out changes none of them.
 */
export function callNonce(runNonce: string, { nodeId, sample, turn }: CallPlace): string {
  const digest = sha256Hex(`${runNonce}\n${nodeId}\n${sample}\n${turn}`)
  const bytes = Array.from({ length: NONCE_BYTES }, (_, at) => Number.parseInt(digest.slice(at * 2, at * 2 + 2), 16))
  return nonceFrom(Uint8Array.from(bytes))
}
