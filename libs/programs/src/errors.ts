/** A number has no code form: signed, written with an exponent, or longer than 20 + 8 digits. The caller's mistake. */
export class UncodableDecimalError extends Error {
  override readonly name = 'UncodableDecimalError'
  readonly code = 'UNCODABLE_DECIMAL'
  readonly text: string

  constructor(text: string) {
    super(`Cannot write "${text.slice(0, 40)}" as a decimal code`)
    this.text = text
  }
}

/** A nonce could be lost or guessed on the way: too short, or it repeats itself. The caller draws another. */
export class UnusableNonceError extends Error {
  override readonly name = 'UnusableNonceError'
  readonly code = 'UNUSABLE_NONCE'
  readonly length: number

  constructor(length: number) {
    super(`Cannot frame an answer with a nonce of ${length} characters that is too short, too long or repeats itself`)
    this.length = length
  }
}

/** Too few random bytes for a nonce nobody can guess. The caller passes more. */
export class NonceBytesError extends Error {
  override readonly name = 'NonceBytesError'
  readonly code = 'NONCE_BYTES'
  readonly bytes: number

  constructor(bytes: number, bytesMin: number, bytesMax: number) {
    super(`Cannot make a nonce from ${bytes} bytes, expected ${bytesMin} to ${bytesMax}`)
    this.bytes = bytes
  }
}

/** The rendered prompt is larger than a review may send. The review falls back with `resource_exceeded`. */
export class PromptTooLargeError extends Error {
  override readonly name = 'PromptTooLargeError'
  readonly code = 'PROMPT_TOO_LARGE'
  readonly bytes: number
  readonly bytesMax: number

  constructor(bytes: number, bytesMax: number) {
    super(`Cannot send a prompt of ${bytes} bytes, the limit is ${bytesMax}`)
    this.bytes = bytes
    this.bytesMax = bytesMax
  }
}

/** A node's text would break the prompt apart: a line that poses as a message, or an answer marker. */
export class UnsafeInstructionsError extends Error {
  override readonly name = 'UnsafeInstructionsError'
  readonly code = 'UNSAFE_INSTRUCTIONS'
  readonly nodeId: string

  constructor(nodeId: string) {
    super(`Cannot render the instructions of node "${nodeId}": they imitate a message or an answer marker`)
    this.nodeId = nodeId
  }
}

/** A worked example does not hold a valid answer, so it would teach the model one we refuse. */
export class InvalidDemonstrationError extends Error {
  override readonly name = 'InvalidDemonstrationError'
  readonly code = 'INVALID_DEMONSTRATION'
  readonly nodeId: string
  readonly index: number

  constructor(nodeId: string, index: number) {
    super(`Cannot render demonstration ${index} of node "${nodeId}": its output is not a valid answer`)
    this.nodeId = nodeId
    this.index = index
  }
}

/** Two words of a closed list can become each other on the way. The author of the signature picks others. */
export class UnsafeWordsError extends Error {
  override readonly name = 'UnsafeWordsError'
  readonly code = 'UNSAFE_WORDS'
  readonly from: string
  readonly to: string

  constructor({ from, to }: { from: string; to: string }) {
    super(`Cannot tell "${from}" that lost a piece from "${to}"`)
    this.from = from
    this.to = to
  }
}

/** A node names a signature nobody registered. The author registers it, or corrects the name. */
export class UnknownSignatureError extends Error {
  override readonly name = 'UnknownSignatureError'
  readonly code = 'UNKNOWN_SIGNATURE'
  readonly signature: string

  constructor(signature: string) {
    super(`Cannot find the signature "${signature}"`)
    this.signature = signature
  }
}

/** What can be wrong with a program's graph. */
export type GraphFault =
  | 'no_output'
  | 'two_writers'
  | 'duplicate_role'
  | 'unknown_signature'
  | 'missing_port'
  | 'unknown_port'
  | 'missing_producer'
  | 'port_type_mismatch'
  | 'cycle'
  | 'unreachable'
  | 'hole'
  | 'not_a_member'
  | 'call_pattern'

/** A program that cannot be run as it is written. `path` names the nodes or keys it is about, in order. */
export class ProgramGraphError extends Error {
  override readonly name = 'ProgramGraphError'
  readonly code = 'PROGRAM_GRAPH'
  readonly fault: GraphFault
  readonly path: readonly string[]

  constructor(fault: GraphFault, path: readonly string[], what: string) {
    super(`Cannot build the program: ${what} (${path.join(' -> ')})`)
    this.fault = fault
    this.path = path
  }
}
