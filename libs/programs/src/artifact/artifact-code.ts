import type { FallbackCause } from '@torghut/contracts'

export type ArtifactCause = Extract<
  FallbackCause,
  'artifact_missing' | 'artifact_hash_mismatch' | 'artifact_not_promoted' | 'artifact_program_mismatch'
>

/**
 * What exactly was wrong with an artifact, and the cause a review records for it. The `dspy_` codes are the
 * contract's (4.3); the rest name what that list has no word for.
 */
export const ARTIFACT_CAUSES = {
  dspy_artifact_hash_invalid_length: 'artifact_missing',
  dspy_artifact_hash_not_hex: 'artifact_missing',
  dspy_artifact_manifest_not_found: 'artifact_missing',
  dspy_artifact_hash_mismatch: 'artifact_hash_mismatch',
  dspy_artifact_executor_missing: 'artifact_program_mismatch',
  dspy_artifact_executor_unknown: 'artifact_program_mismatch',
  dspy_artifact_program_name_missing: 'artifact_program_mismatch',
  dspy_artifact_missing_compile_fields: 'artifact_program_mismatch',
  dspy_artifact_missing_reproducibility_fields: 'artifact_program_mismatch',
  dspy_program_name_mismatch: 'artifact_program_mismatch',
  dspy_signature_version_mismatch: 'artifact_program_mismatch',
  artifact_shape_invalid: 'artifact_program_mismatch',
  artifact_model_mismatch: 'artifact_program_mismatch',
  artifact_format_unsupported: 'artifact_program_mismatch',
  artifact_graph_unsupported: 'artifact_program_mismatch',
  artifact_text_unsafe: 'artifact_program_mismatch',
  artifact_prompt_too_large: 'artifact_program_mismatch',
  dspy_artifact_gate_compatibility_failed: 'artifact_not_promoted',
} as const satisfies Record<string, ArtifactCause>

export type ArtifactCode = keyof typeof ARTIFACT_CAUSES

/** A finding about an artifact: the code to branch on, a sentence for the person who reads the alert. */
export interface ArtifactFinding {
  code: ArtifactCode
  detail: string
}
