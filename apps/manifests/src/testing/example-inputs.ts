import { fileURLToPath } from 'node:url'

import { readInputs } from '../inputs/read-values.ts'
import type { Inputs } from '../inputs/read-values.ts'

/** The committed values of this repository with a pin of our own: tests must not follow each promotion. */
export function exampleInputs(artifactHash = 'a'.repeat(64)): Inputs {
  const inputs = readInputs(fileURLToPath(new URL('../../../../config/deploy', import.meta.url)))
  inputs.pins.env['LLM_DSPY_ARTIFACT_HASH'] = artifactHash
  return inputs
}
