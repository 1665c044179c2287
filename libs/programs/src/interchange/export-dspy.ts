import type { Demonstration, ProgramArtifact } from '@torghut/contracts'

import { buildGraph } from '../graph/build-graph.ts'
import type { GraphNode } from '../graph/build-graph.ts'
import { SIGNATURES } from '../signature/registry.ts'
import type { Signatures } from '../signature/registry.ts'
import { flatDemonstration } from './dspy-demos.ts'
import { predictorOf } from './dspy-predictor.ts'
import type { DspyPredictor, DspyVersions } from './dspy-predictor.ts'

/** The versions our files name unless told otherwise: those the committed fixtures were saved with. */
export const DSPY_VERSIONS: Readonly<DspyVersions> = { python: '3.11', dspy: '3.4.1', cloudpickle: '3.1' }

/**
 * A program's instructions and worked examples as DSPy's saved-program JSON: one predictor a node in the program's
 * order, no model, two spaces, a newline at the end. What the form has no place for (graph, roles, samples, calibrator,
 * model pin) is not in it; an import takes that from the program it is laid over. Throws `ProgramGraphError`.
 */
export function exportDspyProgram(
  artifact: ProgramArtifact,
  { versions = DSPY_VERSIONS, signatures = SIGNATURES }: { versions?: DspyVersions; signatures?: Signatures } = {},
): string {
  const graph = buildGraph(artifact, signatures)
  const byId = new Map(graph.levels.flat().map((node) => [node.id, node]))
  const predictors = artifact.nodes.flatMap(({ id }) => {
    const node = byId.get(id)
    return node === undefined ? [] : [savedPredictor(node)]
  })
  const { python, dspy, cloudpickle } = versions
  const metadata = { dependency_versions: { python, dspy, cloudpickle } }
  return `${JSON.stringify({ ...Object.fromEntries(predictors), metadata }, null, 2)}\n`
}

function savedPredictor(node: GraphNode): [path: string, saved: object] {
  const predictor = predictorOf(node)
  const fields = [...predictor.inputs, ...predictor.outputs].map(({ prefix, description }) => ({ prefix, description }))
  const demos = node.node.demonstrations.map((example) => savedDemo(example, predictor))
  const { instructions } = node.node
  return [predictor.path, { traces: [], train: [], demos, signature: { instructions, fields }, lm: null }]
}

function savedDemo(example: Demonstration, predictor: DspyPredictor): object {
  const augmented = example.augmented === true ? { augmented: true } : {}
  return { ...augmented, ...flatDemonstration(example, predictor) }
}
