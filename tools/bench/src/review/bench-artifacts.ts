import { GatePolicy, canonicalJson, hashJson } from '@torghut/contracts'
import { samplePolicyBytes } from '@torghut/artifact-store/testing'
import { BOOTSTRAP_HASH, seedArtifact, verifyArtifact } from '@torghut/programs'
import type { LoadedArtifact } from '@torghut/programs'

import { BenchInvalidError } from '../errors.ts'

/** The policy reviews are judged by: the one a test store holds. */
export const benchPolicy: GatePolicy = GatePolicy.parse(JSON.parse(new TextDecoder().decode(samplePolicyBytes)))

export const benchPolicyHash: string = hashJson(benchPolicy)

/** The deterministic program, which asks no model. */
export function heuristicProgram(model: string): LoadedArtifact {
  return verified(null, BOOTSTRAP_HASH, model)
}

/** The program a desk starts with, which asks the model once. */
export function seedProgram(model: string): LoadedArtifact {
  const seed = seedArtifact(model)
  return verified(new TextEncoder().encode(canonicalJson(seed)), hashJson(seed), model)
}

function verified(bytes: Uint8Array | null, hash: string, model: string): LoadedArtifact {
  const program = { programName: 'trade-review-committee-v1', signatureVersion: 'v1', model }
  const result = verifyArtifact(bytes, hash, { ...program, tradingMode: 'paper' })
  if (!result.ok) throw new BenchInvalidError('a program', result.detail)
  return result.artifact
}
