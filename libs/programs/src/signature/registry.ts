import { UnknownSignatureError } from '../errors.ts'
import { counterThesis, riskCritic, signalSynthesis } from './critics.ts'
import { anySignature } from './signature.ts'
import type { AnySignature } from './signature.ts'
import { tradeReview } from './trade-review.ts'

/** The signatures an artifact may name, by name. */
export type Signatures = ReadonlyMap<string, AnySignature>

/** A registry of the built-in signatures and a program author's own. A later one of the same name wins. */
export function signatureRegistry(...own: readonly AnySignature[]): Signatures {
  return new Map([...BUILT_IN, ...own].map((signature) => [signature.name, signature]))
}

const BUILT_IN = [
  anySignature(signalSynthesis),
  anySignature(counterThesis),
  anySignature(riskCritic),
  anySignature(tradeReview),
]

/** The signatures that come with the code: the committee's four. */
export const SIGNATURES: Signatures = signatureRegistry()

/** Finds a signature. Throws `UnknownSignatureError`. */
export function findSignature(name: string, signatures: Signatures = SIGNATURES): AnySignature {
  const found = signatures.get(name)
  if (found === undefined) throw new UnknownSignatureError(name)
  return found
}
