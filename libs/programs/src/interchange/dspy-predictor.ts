import type { AnswerField } from '../answer/answer-field.ts'
import type { GraphNode } from '../graph/build-graph.ts'
import { shapeOf } from '../signature/node-shape.ts'
import { defaultDescription, defaultPrefix, predictorPath } from './dspy-names.ts'

/** The only versions a saved program may name; DSPy fails on any other name. */
export const DEPENDENCIES = ['python', 'dspy', 'cloudpickle'] as const

/** What saved a program; DSPy only warns when it differs from what loads it. */
export type DspyVersions = Record<(typeof DEPENDENCIES)[number], string>

/** One field of a predictor's signature as it is saved: its place tells its name. */
export interface DspyField {
  name: string
  prefix: string
  description: string
}

/** What a node is called in a saved program and which fields it has: inputs, then outputs. */
export interface DspyPredictor {
  path: string
  inputs: readonly DspyField[]
  outputs: readonly DspyField[]
  answers: readonly AnswerField[]
}

/** The predictor a node corresponds to. */
export function predictorOf({ node, signature, edges }: GraphNode): DspyPredictor {
  const { fields: answers } = shapeOf(node.call_pattern, signature)
  return {
    path: predictorPath(node),
    inputs: edges.map(({ port }) => field(port, defaultDescription(port))),
    outputs: answers.map(({ name, doc }) => field(name, doc)),
    answers,
  }
}

function field(name: string, description: string): DspyField {
  return { name, prefix: defaultPrefix(name), description }
}
