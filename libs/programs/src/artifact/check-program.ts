import type { ProgramArtifact } from '@torghut/contracts'

import { ANSWER_SCHEMA_VERSION } from '../answer/answer-schema.ts'
import { readDemonstration } from '../render/demonstrations.ts'
import { areSafeInstructions } from '../render/instructions.ts'
import { ADAPTER_VERSION } from '../render/render-messages.ts'
import type { ArtifactFinding } from './artifact-code.ts'

/** Finds what keeps a well-formed program from being run by this code; null when nothing does. */
export function checkProgram(program: ProgramArtifact): ArtifactFinding | null {
  return checkProvenance(program) ?? checkFormat(program) ?? checkGraph(program) ?? checkTexts(program)
}

/** A compiled program without the facts of its compile cannot be checked by anyone, ever. */
function checkProvenance({ kind, provenance }: ProgramArtifact): ArtifactFinding | null {
  if (kind === 'seed') return null
  if (provenance.dataset_hash === null || provenance.optimizer === null) {
    return { code: 'dspy_artifact_missing_compile_fields', detail: 'Dataset hash or optimizer is missing' }
  }
  if (provenance.seed === null || provenance.metric_policy_hash === null) {
    return { code: 'dspy_artifact_missing_reproducibility_fields', detail: 'Seed or metric policy hash is missing' }
  }
  return null
}

function checkFormat(program: ProgramArtifact): ArtifactFinding | null {
  const { adapter_version: adapter, answer_schema_version: answerSchema } = program
  if (adapter === ADAPTER_VERSION && answerSchema === ANSWER_SCHEMA_VERSION) return null
  return { code: 'artifact_format_unsupported', detail: 'Adapter or answer schema is of another version' }
}

/** This runner asks one node once; a graph it cannot run whole is refused rather than run in part. */
function checkGraph({ nodes, output_node: outputNode }: ProgramArtifact): ArtifactFinding | null {
  const [node, ...others] = nodes
  const runnable =
    node !== undefined &&
    others.length === 0 &&
    node.id === outputNode &&
    node.inputs.length === 1 &&
    node.inputs[0] === 'request' &&
    node.role === 'policy_judge' &&
    node.mandatory
  if (runnable) return null
  return { code: 'artifact_graph_unsupported', detail: 'Expected one mandatory policy_judge that reads the request' }
}

function checkTexts({ nodes }: ProgramArtifact): ArtifactFinding | null {
  const unsafe = nodes.find(
    ({ instructions, demonstrations }) =>
      !areSafeInstructions(instructions) || demonstrations.some((example) => readDemonstration(example) === null),
  )
  if (unsafe === undefined) return null
  return { code: 'artifact_text_unsafe', detail: `Node "${unsafe.id}" holds text or examples that cannot be shown` }
}
