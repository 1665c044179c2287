import type { BootstrapArtifact } from '@torghut/contracts'

/** The deterministic heuristic the service starts with. It is not a tuned program and never called one. */
export const BOOTSTRAP_ARTIFACT: Readonly<BootstrapArtifact> = {
  schema_version: 'torghut.dspy.runtime-artifact.v1',
  program_name: 'trade-review-committee-v1',
  signature_version: 'v1',
  executor: 'heuristic',
  compiled_prompt: {
    promptTemplate: 'torghut.dspy.trade-review.v1',
    runtime: 'deterministic_heuristic_scaffold',
  },
}

/** SHA-256 of the canonical JSON above, as the service we succeed published it (contract, 4.2). */
export const BOOTSTRAP_HASH = 'df087a5e643d6478b1ebe51bf44ad2d0e2228825c1c0a8e9dc345729d6a3bbff'
