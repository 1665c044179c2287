import type { Demonstration } from '@torghut/contracts'

import { REQUEST_KEY } from '../graph/build-graph.ts'
import type { DspyPredictor } from './dspy-predictor.ts'

/** The mark of a demonstration that was bootstrapped; no field of a signature. */
const AUGMENTED = 'augmented'

/** What is wrong with a saved demonstration: which rule, and which of its fields. */
export interface DemoFault {
  code: 'demo_not_object' | 'demo_unknown_field' | 'demo_field_missing' | 'demo_augmented_invalid' | 'demo_input_not_object'
  field: string
}

/** A worked example as DSPy saves it: one object with a key for each field, inputs before outputs. */
export function flatDemonstration({ input, output }: Demonstration, predictor: DspyPredictor): Record<string, unknown> {
  const given = readsRequestAlone(predictor) ? { [REQUEST_KEY]: input } : input
  return Object.fromEntries([...pick(given, predictor.inputs), ...pick(output, predictor.outputs)])
}

/** The worked example a saved one stands for, or why it is none of ours. */
export function readDemo(saved: unknown, predictor: DspyPredictor): Demonstration | DemoFault {
  if (!isObject(saved)) return { code: 'demo_not_object', field: '' }
  const { [AUGMENTED]: augmented = false, ...values } = saved
  if (typeof augmented !== 'boolean') return { code: 'demo_augmented_invalid', field: AUGMENTED }
  const known = new Set([...predictor.inputs, ...predictor.outputs].map(({ name }) => name))
  const unknown = Object.keys(values).find((key) => !known.has(key))
  if (unknown !== undefined) return { code: 'demo_unknown_field', field: unknown }
  const missing = predictor.inputs.find(({ name }) => !Object.hasOwn(values, name))
  if (missing !== undefined) return { code: 'demo_field_missing', field: missing.name }
  const given = Object.fromEntries(pick(values, predictor.inputs))
  const input = readsRequestAlone(predictor) ? given[REQUEST_KEY] : given
  if (!isObject(input)) return { code: 'demo_input_not_object', field: REQUEST_KEY }
  const output = Object.fromEntries(pick(values, predictor.outputs))
  return { input, output, ...(augmented ? { augmented: true as const } : {}) }
}

/** A JSON object, neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** A node that reads the request and nothing else is shown the request itself. */
function readsRequestAlone({ inputs }: DspyPredictor): boolean {
  return inputs.length === 1 && inputs[0]?.name === REQUEST_KEY
}

function pick(values: Record<string, unknown>, fields: DspyPredictor['inputs']): [string, unknown][] {
  return fields.flatMap(({ name }) => (Object.hasOwn(values, name) ? [[name, values[name]]] : []))
}
