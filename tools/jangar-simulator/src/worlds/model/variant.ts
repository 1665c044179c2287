import type { PromptMessage } from './read-records.ts'

/** The number of a line such as "Variant 3" or "(variant: 3)"; 0 without one. */
export function variantOf(messages: readonly PromptMessage[]): number {
  const text = messages.map(({ content }) => content).join('\n')
  return Number(/\bvariant\W{0,3}(?:number\W{0,3})?(\d{1,6})\b/i.exec(text)?.[1] ?? 0)
}
