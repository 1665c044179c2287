import type { ArtifactNode, Demonstration, ProgramArtifact } from '@torghut/contracts'

import { ANSWER_SCHEMA_VERSION } from '../answer/answer-schema.ts'
import { nonceFrom } from '../answer/nonce.ts'
import { ProgramGraphError, PromptTooLargeError } from '../errors.ts'
import { buildGraph } from '../graph/build-graph.ts'
import type { GraphNode, ProgramGraph } from '../graph/build-graph.ts'
import { readDemonstration } from '../render/demonstrations.ts'
import { areSafeInstructions } from '../render/instructions.ts'
import { isNodeInput, portValues } from '../render/node-input.ts'
import { ADAPTER_VERSION, ARTIFACT_PROMPT_BYTES_MAX, promptBytes, renderMessages } from '../render/render-messages.ts'
import { shapeOf } from '../signature/node-shape.ts'
import { SIGNATURES } from '../signature/registry.ts'
import type { Signatures } from '../signature/registry.ts'
import type { AnySignature } from '../signature/signature.ts'
import { tradeReview } from '../signature/trade-review.ts'
import type { ArtifactFinding } from './artifact-code.ts'

export type CheckedProgram = { ok: true; graph: ProgramGraph } | { ok: false; finding: ArtifactFinding }

/** Builds a well-formed program's graph, or finds what keeps it from being run by this code. */
export function checkProgram(program: ProgramArtifact, signatures: Signatures = SIGNATURES): CheckedProgram {
  const stale = checkProvenance(program) ?? checkFormat(program)
  if (stale !== null) return { ok: false, finding: stale }
  const graph = graphOf(program, signatures)
  if ('code' in graph) return { ok: false, finding: graph }
  const finding = checkOutput(graph) ?? checkTexts(graph) ?? checkSizes(graph)
  return finding === null ? { ok: true, graph } : { ok: false, finding }
}

function graphOf(program: ProgramArtifact, signatures: Signatures): ProgramGraph | ArtifactFinding {
  try {
    return buildGraph(program, signatures)
  } catch (error) {
    if (!(error instanceof ProgramGraphError)) throw error
    return { code: 'artifact_graph_unsupported', detail: `${error.fault}: ${error.message}` }
  }
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

/** Whoever answers for the program is its mandatory judge and answers in the program's form. */
function checkOutput({ output }: ProgramGraph): ArtifactFinding | null {
  const { role, mandatory } = output.node
  if (role === 'policy_judge' && mandatory && output.signature.output === tradeReview.output) return null
  return { code: 'artifact_graph_unsupported', detail: 'Expected a mandatory policy_judge that answers with a trade review' }
}

function checkTexts({ levels }: ProgramGraph): ArtifactFinding | null {
  const unsafe = levels.flat().find((graphNode) => {
    const { node, signature } = graphNode
    const shape = shapeOf(node.call_pattern, signature)
    const isShowable = (example: Demonstration) => {
      const answer = readDemonstration(example, shape)
      return answer !== null && isNodeInput(graphNode, example) && holds(answer, example, graphNode)
    }
    return !areSafeInstructions(node.instructions) || !node.demonstrations.every(isShowable)
  })
  if (unsafe === undefined) return null
  return { code: 'artifact_text_unsafe', detail: `Node "${unsafe.id}" holds text or examples that cannot be shown` }
}

/** An example has to pass what its answer would be refused for. A check that throws has not passed it. */
function holds(answer: Record<string, unknown>, { input }: Demonstration, { edges, signature }: GraphNode): boolean {
  const inputs = portValues(edges, input)
  try {
    return signature.checks.every(({ severity, find }) => severity === 'warning' || find(answer, inputs) === null)
  } catch {
    return false
  }
}

/** A nonce of the usual length, for measuring only. */
const MEASURING_NONCE = nonceFrom(Uint8Array.from({ length: 24 }, (_, at) => at))

/** What a node says by itself has to leave room for the request, so that no review finds out that it does not. */
function checkSizes({ levels }: ProgramGraph): ArtifactFinding | null {
  for (const { id, node, signature } of levels.flat()) {
    const bytes = measure(node, signature)
    if (bytes <= ARTIFACT_PROMPT_BYTES_MAX) continue
    const detail = `Node "${id}" fills ${bytes} bytes of a prompt, the limit is ${ARTIFACT_PROMPT_BYTES_MAX}`
    return { code: 'artifact_prompt_too_large', detail }
  }
  return null
}

function measure(node: ArtifactNode, signature: AnySignature): number {
  try {
    return promptBytes(renderMessages(node, {}, MEASURING_NONCE, { signature }))
  } catch (error) {
    if (error instanceof PromptTooLargeError) return error.bytes
    throw error
  }
}
