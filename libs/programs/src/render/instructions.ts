import { ROLE_PREFIX } from '../answer/role-prefix.ts'
import { UnsafeInstructionsError } from '../errors.ts'

/** A line that would read as a message of its own once the gateway has flattened the prompt. */
const MESSAGE_LINE = new RegExp(`(^|[\\n\\r\\v\\f\\u0085\\u2028\\u2029])\\s*${ROLE_PREFIX}`, 'i')

const MARKER = /<\s*\/?\s*answer-/i

/** True when a node's text can stand in a prompt: no line poses as a message, no answer marker stands in it. */
export function areSafeInstructions(text: string): boolean {
  return !MESSAGE_LINE.test(text) && !MARKER.test(text)
}

/** Throws `UnsafeInstructionsError` unless `areSafeInstructions`: an optimizer's text is a candidate, not a friend. */
export function assertSafeInstructions(nodeId: string, text: string): void {
  if (!areSafeInstructions(text)) throw new UnsafeInstructionsError(nodeId)
}
