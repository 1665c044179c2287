/** The process may not run like this; the message says what a person has to change. */
export class StartRefusedError extends Error {
  override readonly name = 'StartRefusedError'
  readonly code = 'START_REFUSED'
}
