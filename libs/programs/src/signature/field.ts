import { PositiveDecimal, UnitInterval } from '@torghut/contracts'
import { z } from 'zod'

import type { AnswerFieldKind } from '../answer/answer-field.ts'
import { UnsafeWordsError } from '../errors.ts'
import { NONE_WORD } from '../answer/words.ts'
import { turnsIntoAnother } from '../answer/word-safety.ts'

/** One field of a signature's answer: the schema that is enforced, how it travels, what the model is told. */
export interface Field<Output = unknown> {
  schema: z.ZodType<Output>
  travels: AnswerFieldKind
  doc: string
}

/**
 * One word out of a closed list. Throws `UnsafeWordsError` when the gateway could turn one of them into another by
 * losing a piece of it, and `RangeError` for an empty list.
 */
export function word<const Word extends string>(words: readonly Word[], doc: string): Field<Word> {
  return wordField(Object.fromEntries(words.map((item) => [item, item])) as Record<Word, Word>, doc)
}

/** The same where a word on the wire differs from the word in the program, given as `{program: wire}`. */
export function wordField<Word extends string>(words: Readonly<Record<Word, string>>, doc: string): Field<Word> {
  const wire: string[] = Object.values(words)
  if (wire.length === 0) throw new RangeError('Cannot choose a word from an empty list')
  const unsafe = turnsIntoAnother([...wire, NONE_WORD])
  if (unsafe !== null) throw new UnsafeWordsError(unsafe)
  const schema = z.enum(Object.keys(words) as [Word, ...Word[]])
  return { schema: schema as unknown as z.ZodType<Word>, travels: { kind: 'word', words, optional: false }, doc }
}

/** A number from 0 to 1, such as a confidence. */
export function share(doc: string): Field<number> {
  return { schema: UnitInterval, travels: { kind: 'number' }, doc }
}

/** One number from 0 to 1 for each key. */
export function shares<const Key extends string>(keys: readonly Key[], doc: string): Field<Record<Key, number>> {
  const shape = Object.fromEntries(keys.map((key) => [key, UnitInterval])) as Record<Key, typeof UnitInterval>
  return { schema: z.strictObject(shape) as z.ZodType<Record<Key, number>>, travels: { kind: 'probabilities', keys }, doc }
}

/** An exact decimal above zero, or null. */
export function quantity(doc: string): Field<string | null> {
  return { schema: PositiveDecimal.nullable(), travels: { kind: 'quantity' }, doc }
}

/** Text that must be there. */
export function text(lengthMax: number, doc: string): Field<string> {
  const schema = z.string().trim().min(1).max(lengthMax)
  return { schema, travels: { kind: 'text', lengthMax, optional: false }, doc }
}

/** Text, or null. */
export function optionalText(lengthMax: number, doc: string): Field<string | null> {
  const schema = z.string().trim().max(lengthMax).nullable().default(null)
  return { schema, travels: { kind: 'text', lengthMax, optional: true }, doc }
}

/** Up to 32 short texts. */
export function list(doc: string, itemLengthMax = 128): Field<string[]> {
  const itemsMax = 32
  const schema = z.array(z.string().min(1).max(itemLengthMax)).max(itemsMax)
  return { schema, travels: { kind: 'list', itemsMax, itemLengthMax }, doc }
}
