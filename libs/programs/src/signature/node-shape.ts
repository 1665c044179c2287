import type { CallPattern } from '@torghut/contracts'
import { z } from 'zod'

import type { AnswerField } from '../answer/answer-field.ts'
import type { AnswerShape } from '../answer/decode-answer.ts'
import type { AnySignature } from './signature.ts'

/** Longest reasoning a model may write down before its answer, in characters. */
const REASONING_LENGTH_MAX = 4_000

/** The field a chain of thought puts before the answer. */
export const REASONING_FIELD = 'reasoning'

const REASONING: AnswerField = {
  name: REASONING_FIELD,
  travels: { kind: 'text', lengthMax: REASONING_LENGTH_MAX, optional: false },
  doc: 'your reasoning, step by step, before you settle on the rest',
}

/** The shape of a node's answer: its signature's, with the reasoning before it where the pattern asks for one. */
export function shapeOf(pattern: CallPattern, signature: AnySignature): AnswerShape<Record<string, unknown>> {
  if (pattern !== 'chain_of_thought') return signature
  const known = REASONED.get(signature) ?? withReasoning(signature)
  REASONED.set(signature, known)
  return known
}

/** Made once a signature: building a schema takes far longer than using it. */
const REASONED = new WeakMap<AnySignature, AnswerShape<Record<string, unknown>>>()

function withReasoning(signature: AnySignature): AnswerShape<Record<string, unknown>> {
  const reasoned = z.looseObject({ [REASONING_FIELD]: z.string().trim().min(1).max(REASONING_LENGTH_MAX) })
  return {
    fields: [REASONING, ...signature.fields],
    // The reasoning is checked and then left behind: nobody reads it, and it decides nothing.
    output: reasoned.pipe(signature.output as z.ZodType<Record<string, unknown>, { [REASONING_FIELD]: string }>),
  }
}
