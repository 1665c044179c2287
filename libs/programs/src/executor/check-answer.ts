import { hashJson } from '@torghut/contracts'
import type { Sha256Hex } from '@torghut/contracts'

import type { ValidationCache, ValidationResult } from '../cache/validation-cache.ts'
import type { AnySignature, NodeInputs } from '../signature/signature.ts'

/** Says which code looked: to be raised with every change to a check, or old findings would answer for the new one. */
const CHECKS_VERSION = 'torghut.checks.v1'

/** An answer and what it is held against. */
export interface CheckedAnswer {
  signature: AnySignature
  output: Record<string, unknown>
  inputs: NodeInputs
}

/** What each check of a signature finds, in their order; null where nothing is wrong. */
export function checkAnswer({ signature, output, inputs }: CheckedAnswer): (string | null)[] {
  return signature.checks.map(({ find }) => find(output, inputs))
}

/**
 * The same, out of a cache where the very same answer was looked at before: the same values, inputs, schema and checks.
 * Rejects with the signal's reason when it aborts.
 */
export async function recallChecks(
  answer: CheckedAnswer,
  { validations, inputHash, signal }: { validations: ValidationCache; inputHash: Sha256Hex; signal: AbortSignal },
): Promise<(string | null)[]> {
  const { signature, output } = answer
  const key = {
    validatorId: signature.name,
    validatorVersion: `${CHECKS_VERSION} ${signature.checks.map(({ id, severity }) => `${id}:${severity}`).join(' ')}`,
    schemaHash: schemaHash(signature),
    subject: { output, inputHash },
  }
  const { messages } = await validations.check(key, () => toResult(checkAnswer(answer), signature), signal)
  return messages.map((message) => (message === '' ? null : message))
}

function toResult(findings: readonly (string | null)[], { checks }: AnySignature): ValidationResult {
  const passed = findings.every((finding, at) => finding === null || checks[at]?.severity === 'warning')
  return { passed, messages: findings.map((finding) => finding ?? '') }
}

/** Made once a signature. */
function schemaHash(signature: AnySignature): Sha256Hex {
  const known = SCHEMA_HASHES.get(signature) ?? hashJson(signature.fields)
  SCHEMA_HASHES.set(signature, known)
  return known
}

const SCHEMA_HASHES = new WeakMap<AnySignature, Sha256Hex>()
