/**
 * A rough English average. The simulator has no tokenizer, so its counts are estimates by length
 * and say nothing about cost.
 */
const CHARACTERS_PER_TOKEN = 4

export interface WireUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
}

/**
 * Token counts estimated from text lengths; the prompt counts as the gateway flattens it (`role:
 * content` lines).
 */
export function estimateUsage(
  messages: readonly { role: string; content: string }[],
  content: string,
): WireUsage {
  const prompt = messages.reduce(
    (length, message) => length + message.role.length + message.content.length + 3,
    0,
  )
  const promptTokens = Math.ceil(prompt / CHARACTERS_PER_TOKEN)
  const completionTokens = Math.ceil(content.length / CHARACTERS_PER_TOKEN)
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  }
}
