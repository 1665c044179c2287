import { remembering } from './remember.ts'
import type { World } from './world.ts'
import { SLOTS } from './world.ts'

/** A word of a text that belongs to the world; all others say nothing about the record. */
export type Token =
  | { kind: 'value'; slot: number; value: number }
  /** An output word of a step; the answer of a first step is also a value of the second. */
  | { kind: 'output'; step: number; word: number }
  | { kind: 'mark' }

/** The world's words in a text, in their order. Case, spacing, punctuation and field names do not matter. */
export const tokensOf = remembering((world: World, text: string): readonly Token[] => {
  const vocabulary = vocabularyOf(world)
  return wordsOf(text).flatMap((word) => vocabulary.get(word) ?? [])
})

/** The words of a text, lower case. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? []
}

/** How many words a text has. */
export const wordCount = remembering((_: World, text: string): number => wordsOf(text).length)

/** The value a first step's answer is for the second. */
export function asValue(word: number): Extract<Token, { kind: 'value' }> {
  return { kind: 'value', slot: SLOTS, value: word }
}

const vocabularies = new WeakMap<World, ReadonlyMap<string, Token>>()

function vocabularyOf(world: World): ReadonlyMap<string, Token> {
  const known = vocabularies.get(world)
  if (known !== undefined) return known
  const values = world.slots.flatMap(({ values: words }, slot) =>
    words.map((word, value): [string, Token] => [word, { kind: 'value', slot, value }]),
  )
  const outputs = world.steps.flatMap(({ outputs: words }, step) =>
    words.map((text, word): [string, Token] => [text, { kind: 'output', step, word }]),
  )
  const vocabulary = new Map<string, Token>([...values, ...outputs, [world.mark, { kind: 'mark' }]])
  vocabularies.set(world, vocabulary)
  return vocabulary
}
