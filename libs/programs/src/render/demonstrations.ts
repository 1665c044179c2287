import { parseProgramOutput } from '@torghut/contracts'
import type { ArtifactNode, ChatMessage, Demonstration, ProgramOutput } from '@torghut/contracts'

import { encodeAnswer } from '../answer/encode-answer.ts'
import { safeJsonLine } from '../answer/safe-json-line.ts'
import { InvalidDemonstrationError } from '../errors.ts'

/** The nonce of worked examples. No call can have it: those are small letters and digits only, and longer. */
export const DEMONSTRATION_NONCE = 'EXAMPLE'

/** A node's worked examples as pairs of messages, in order. Throws `InvalidDemonstrationError`. */
export function renderDemonstrations(node: ArtifactNode): ChatMessage[] {
  return node.demonstrations.flatMap((demonstration, index): ChatMessage[] => {
    const output = readDemonstration(demonstration)
    if (output === null) throw new InvalidDemonstrationError(node.id, index)
    return [
      { role: 'user', content: safeJsonLine(demonstration.input) },
      { role: 'assistant', content: encodeAnswer(output, DEMONSTRATION_NONCE) },
    ]
  })
}

/** The answer a worked example shows; null unless it is one we would accept, down to the last key and sign. */
export function readDemonstration(demonstration: Demonstration): ProgramOutput | null {
  const parsed = parseProgramOutput(demonstration.output)
  return parsed.ok && parsed.ignoredKeys.length === 0 ? parsed.output : null
}
