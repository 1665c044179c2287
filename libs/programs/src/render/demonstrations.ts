import type { ArtifactNode, ChatMessage, Demonstration } from '@torghut/contracts'

import type { AnswerShape } from '../answer/decode-answer.ts'
import { encodeAnswer } from '../answer/encode-answer.ts'
import { safeJsonLine } from '../answer/safe-json-line.ts'
import { InvalidDemonstrationError } from '../errors.ts'
import { REASONING_FIELD, shapeOf } from '../signature/node-shape.ts'
import type { AnySignature } from '../signature/signature.ts'

/** The nonce of worked examples. No call can have it: those are small letters and digits only, and longer. */
export const DEMONSTRATION_NONCE = 'EXAMPLE'

/** Stands for the reasoning of an example that came without one. */
const NO_REASONING = 'Not written down for this example.'

/** A node's worked examples as pairs of messages, in order. Throws `InvalidDemonstrationError`. */
export function renderDemonstrations(node: ArtifactNode, signature: AnySignature): ChatMessage[] {
  const shape = shapeOf(node.call_pattern, signature)
  return node.demonstrations.flatMap((demonstration, index): ChatMessage[] => {
    const answer = readDemonstration(demonstration, shape)
    if (answer === null) throw new InvalidDemonstrationError(node.id, index)
    return [
      { role: 'user', content: safeJsonLine(demonstration.input) },
      { role: 'assistant', content: encodeAnswer(answer, DEMONSTRATION_NONCE, shape.fields) },
    ]
  })
}

/** The answer a worked example shows; null unless it is one we would accept, down to the last key and sign. */
export function readDemonstration(
  { output }: Demonstration,
  { fields, output: schema }: AnswerShape<Record<string, unknown>>,
): Record<string, unknown> | null {
  const names = new Set(fields.map(({ name }) => name))
  if (Object.keys(output).some((key) => !names.has(key))) return null
  const reasoning = names.has(REASONING_FIELD) ? { [REASONING_FIELD]: output[REASONING_FIELD] ?? NO_REASONING } : {}
  const parsed = schema.safeParse({ ...output, ...reasoning })
  return parsed.success ? { ...reasoning, ...parsed.data } : null
}
