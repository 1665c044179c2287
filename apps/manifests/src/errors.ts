/** Something a person has to put right before any manifest can be written or compared: one line, exit code 2. */
export class ManifestsError extends Error {
  override readonly name = 'ManifestsError'
  readonly code = 'MANIFESTS'
}

/** A file of ours or of somebody else cannot be used. `line` counts from 1 and is null when no line is to blame. */
export class FileRefusedError extends Error {
  override readonly name = 'FileRefusedError'
  readonly code = 'FILE_REFUSED'
  readonly path: string
  readonly line: number | null

  constructor(path: string, line: number | null, why: string, options?: ErrorOptions) {
    super(line === null ? `${path}: ${why}` : `${path}:${line}: ${why}`, options)
    this.path = path
    this.line = line
  }
}

/** An object of ours does not have the shape its kind asks for: a fault of the generator, found before it writes. */
export class ObjectInvalidError extends Error {
  override readonly name = 'ObjectInvalidError'
  readonly code = 'OBJECT_INVALID'
  readonly object: string

  constructor(object: string, why: string, options?: ErrorOptions) {
    super(`${object} does not fit its schema: ${why}`, options)
    this.object = object
  }
}

/** The values of a deployment contradict the environment contract or each other; each problem is one sentence. */
export class ContractBrokenError extends Error {
  override readonly name = 'ContractBrokenError'
  readonly code = 'CONTRACT_BROKEN'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('; '))
    this.problems = problems
  }
}

/** Why an artifact cannot be pinned, for programs. */
export type PinRefusal =
  | 'hash_empty'
  | 'hash_upper_case'
  | 'hash_malformed'
  | 'hash_bootstrap'
  | 'hash_unknown'
  | 'hash_denied'
  | 'hash_not_pinned'
  | 'evidence_broken'
  | 'evidence_of_another'
  | 'evaluation_failed'
  | 'evaluation_stale'
  | 'approval_expired'
  | 'approver_unknown'
  | 'signature_forged'
  | 'target_mismatch'
  | 'promotion_in_future'
  | 'artifact_unusable'
  | 'nothing_before'

/** An artifact may not be pinned, or not be pinned again. A person brings other evidence, or does without. */
export class PinRefusedError extends Error {
  override readonly name = 'PinRefusedError'
  readonly code = 'PIN_REFUSED'
  readonly refusal: PinRefusal

  constructor(refusal: PinRefusal, why: string) {
    super(`Refused (${refusal}): ${why}`)
    this.refusal = refusal
  }
}

/** The review API did not take a scheduled run, for a reason another try would not change or within the time given. */
export class RunRefusedError extends Error {
  override readonly name = 'RunRefusedError'
  readonly code = 'RUN_REFUSED'
  readonly key: string

  constructor(key: string, reason: string) {
    super(`Run ${key} was not taken: ${reason}`)
    this.key = key
  }
}
