/** The end of every stream. */
export const doneLine = 'data: [DONE]\n\n'

/** One event as the gateway frames it: a `data:` line and a blank one. */
export function eventOf(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

/** A chunk event with the members every chunk has. */
export function chunkOf(members: Record<string, unknown>): string {
  return eventOf({
    id: 'chatcmpl-fake',
    object: 'chat.completion.chunk',
    created: 1_795_175_223,
    model: 'gpt-5.3-codex-spark',
    ...members,
    thread_id: 'thread-fake',
  })
}

/** A piece of answer text. */
export function deltaOf(content: string): string {
  return chunkOf({ choices: [{ delta: { content }, index: 0, finish_reason: null }] })
}

/** The usage chunk, which comes before the stop chunk. */
export function usageOf(promptTokens: number, completionTokens: number, totalTokens: number): string {
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: totalTokens,
  }
  return chunkOf({ choices: [], usage })
}

/** The stop chunk. */
export function stopOf(): string {
  return chunkOf({ choices: [{ delta: {}, index: 0, finish_reason: 'stop' }] })
}

/** An error frame; it has no choices. */
export function errorOf(type: string, code: string, message = 'something went wrong'): string {
  return eventOf({ error: { message, type, code }, thread_id: 'thread-fake' })
}
