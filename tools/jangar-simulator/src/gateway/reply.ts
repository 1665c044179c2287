/** One thing a reply does. */
export type Step =
  | { send: string | Uint8Array }
  /** The same bytes again and again, no faster than they are taken. */
  | { flood: string; times: number }
  | { waitMs: number }
  /** Waits until what was sent has left, so that the next bytes arrive apart from it. */
  | 'flush'
  /** Says nothing more and keeps the connection. */
  | 'hang'
  /** Comments only, for ever. */
  | 'keepalives'
  /** Closes the connection without ending the body. */
  | 'cut'
  /** Tears the connection down. */
  | 'reset'

/** What a simulated gateway does with one request; the body ends after the last step. */
export interface Reply {
  /** Null writes no head: the steps are the raw bytes of the connection. */
  head: { status: number; headers: Record<string, string | number> } | null
  steps: readonly Step[]
  /** What happens to the whole gateway meanwhile. */
  afterwards?: { downMs: number } | 'backend_dead'
}
